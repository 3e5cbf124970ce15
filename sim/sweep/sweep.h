#ifndef SAKSI_SIM_SWEEP_SWEEP_H_
#define SAKSI_SIM_SWEEP_SWEEP_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/exit_code.h"
#include "sim/engine/run.h"
#include "sim/sweep/cut_id.h"

namespace saksi::sim {

/// What a sweep is to do.
struct SweepRequest {
  RunRequest run;                 ///< the scenario that is recorded once, without a cut
  std::string requirements_path;  ///< what is asked of every cut; empty: scenarios/requirements/power-cut.yaml
  std::string cuts = "all";       ///< "all", a number of cuts spread evenly, or one id
  std::vector<Damage> damages;    ///< in turn, besides the clean cut, at every cut
  int repeat = 1;                 ///< random damages of each kind at each cut
  int damaged = 0;                ///< more damages, at cuts and of kinds that the seed draws
  int depth = 1;                  ///< 2: every write of every recovery is cut again, and so on
  bool next_clip = true;          ///< make a recording after each recovery
  bool used_card = true;          ///< the card was recorded on before and formatted anew, so that old clips lie in its free clusters
  bool apart = false;             ///< simulate the recovery from every card by itself, although the camera cannot tell some of them apart
  int parallel = 1;
  uint64_t seed = 1;        ///< of damages
  std::string lang = "en";  ///< of sweep.html
};

/// Called now and then: cards done, cards to do, requirements broken so far.
using SweepProgress = std::function<void(size_t done, size_t of, size_t broken)>;
/// Called as a stage begins, with what it is.
using SweepStage = std::function<void(const std::string& text)>;

/// There is nothing to cut: the run wrote nothing to its card, or more than a log holds.
class NothingToCut : public UsageError {
 public:
  using UsageError::UsageError;
};

struct SweepResult {
  ExitCode code = ExitCode::kInfraError;
  nlohmann::ordered_json json;  ///< sweep.json, see docs/formats/sweep.md
  double cards_per_s = 0;       ///< recoveries of each worker in a second of host time
};

/// The request that a sweep's folder came of, but for cuts, damages and folder: with one id in `cuts` it makes that cut again. Throws UsageError if
/// the folder is none of a sweep.
SweepRequest sweep_of(const std::string& folder);

/// Records the scenario, cuts the power at every write of it, lets the firmware recover from every card that this leaves, and judges. Everything is
/// left in request.run.out_dir. Throws UsageError for files or ids that are not as expected, InfraError if a worker dies.
SweepResult sweep(const SweepRequest& request, const SweepStage& stage, const SweepProgress& progress);

}  // namespace saksi::sim

#endif
