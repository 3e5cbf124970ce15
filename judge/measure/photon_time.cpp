#include "judge/measure/photon_time.h"

#include <algorithm>
#include <cmath>

#include "judge/measure/frame_index.h"
#include "judge/media/linear_program.h"
#include "judge/measure/polytope_sample.h"
#include "judge/media/row_bound.h"
#include "judge/media/light_code_search.h"

namespace saksi::judge {

namespace {

using light_code::kTickModulus;

// A bank shows a tick of up to two before, and the recording's end may be rounded.
constexpr int64_t kTicksOfDoubt = 2;
constexpr double kMaxOffMs = 120;  ///< limit of the start and of what the period adds to it, in milliseconds
// Frames whose middle times are known to +-10 ms fit a numbering if they are off by less than this on average.
constexpr double kNumberingToleranceMs = 6;
// More frames than this at once would gain nothing and cost time.
constexpr size_t kMaxStretch = 300;
// So many frames tell their period; in the same clip it is the same to this part, or the camera changes its rate.
constexpr size_t kTellingStretch = 16;
constexpr double kSamePeriod = 0.002;
constexpr double kCrystal = 50e-6;
// Fewer frames than this are not held to the common period: they may lie on both sides of a change.
constexpr size_t kLeastOfCommonPeriod = 3;
// Between frames for which the bounds are solved exactly they are interpolated; that is on the safe side, since they are convex.
constexpr size_t kKnotDistance = 16;
// Bounds that contradict each other by less than this are loosened, not given up.
constexpr double kMaxContradictionMs = 0.5;
constexpr double kMaxContradictionAloneMs = 3;
// One bank in a picture may be misread by coding or noise and then claims what all others deny; it is left out, if that is so in no more than one of
// this many frames. Where more banks of a picture, or more pictures, are at odds, it is the frame's time that is.
constexpr size_t kFramesForEachMisread = 6;
constexpr int kPoints = 1000;
// A reading that is off by more than so many standard deviations says no more than one that is off by that.
constexpr double kOutlier = 4;
// Of a change, this part at most is left out by coding.
constexpr double kMostLag = 0.2;
// A change that is half done lags more than one that is complete, by 1 plus up to half of this: the smaller a step, the more of it is left out. Found
// with two encoders (x264, this project's) at quantisation parameters from 18 to 40.
constexpr double kMostLagWithin = 5;
constexpr double kCoverage = 0.95;
// What the model leaves out: rows of a bank exposed one after the other, half a pixel of doubt about its place, drift of the frame period.
constexpr double kModelErrorMs = 0.1;

// The unknowns of a stretch.
enum Unknown : size_t { kStart, kStretchOff, kReadout, kExposure, kContradiction };
// Once bounds are loosened, nothing contradicts, and its place is free.
constexpr size_t kLag = kContradiction, kLagWithin = kLag + 1;
constexpr int kUnknowns = 4;
constexpr int kAllUnknowns = kUnknowns + 2;  ///< with what coding leaves out

struct ReadFrame {
  size_t frame;  ///< index into the readings
  int64_t tick;  ///< to which the bounds' times refer
  std::vector<RowBound> bounds;
  std::vector<PartReading> parts;
  double middle_ms = 0;     ///< on the common axis, roughly
  Interval alone_ms{0, 0};  ///< on the common axis, from this frame only
  bool alone_known = false;
};

class Estimator {
 public:
  Estimator(const std::vector<FrameReading>& readings, const PhotonHints& hints) : readings_(readings), hints_(hints) {}

  PhotonTimes estimate() {
    times_.frames.resize(readings_.size());
    unwrap();
    if (frames_.empty()) return times_;
    for (ReadFrame& frame : frames_) solve_alone(frame);
    frames_.erase(std::remove_if(frames_.begin(), frames_.end(), [](const ReadFrame& f) { return !f.alone_known; }), frames_.end());
    number();
    if (numbering_) {
      solve_chunks();
      if (was_split_ && find_common_period()) solve_chunks();
    } else {
      for (const ReadFrame& frame : frames_) publish_alone(frame);
    }
    fill_in();
    return times_;
  }

 private:
  void solve_chunks() {
    for (const ReadFrame& frame : frames_) times_.frames[frame.frame] = FrameTime();
    times_.stretch_periods_s.clear();
    stretch_sizes_.clear();
    const size_t chunks = (frames_.size() + kMaxStretch - 1) / kMaxStretch;
    for (size_t i = 0; i < chunks; ++i) solve_stretch(frames_.size() * i / chunks, frames_.size() * (i + 1) / chunks);
  }

  /// Where an exposure changes, a stretch is split, and its pieces may be too short to tell their period: then it is that of the longest, unless
  /// another one that is long enough to tell has another period.
  bool find_common_period() {
    size_t longest = 0;
    for (size_t i = 1; i < stretch_sizes_.size(); ++i) {
      if (stretch_sizes_[i] > stretch_sizes_[longest]) longest = i;
    }
    if (stretch_sizes_.empty() || stretch_sizes_[longest] < kTellingStretch) return false;
    const Interval& period = times_.stretch_periods_s[longest];
    for (size_t i = 0; i < stretch_sizes_.size(); ++i) {
      const double off = std::abs(times_.stretch_periods_s[i].middle() / period.middle() - 1);
      if (stretch_sizes_[i] >= kTellingStretch && off > kSamePeriod) return false;
    }
    const double slack = period.half_width() + kCrystal * period.middle();
    common_period_ms_ = Interval{1e3 * (period.middle() - slack), 1e3 * (period.middle() + slack)};
    return true;
  }

  /// Frames whose code cannot be read, between two of a stretch: if there are as many as periods have room for, each stands in its own.
  void fill_in() {
    std::optional<size_t> before;
    for (size_t i = 0; i < times_.frames.size(); ++i) {
      const FrameTime& time = times_.frames[i];
      if (!time.known) continue;
      if (before && i - *before > 1) fill_in_between(*before, i);
      before = i;
    }
  }
  void fill_in_between(size_t a, size_t b) {
    const FrameTime from = times_.frames[a], to = times_.frames[b];
    const size_t steps = b - a;
    if (from.stretch < 0 || from.stretch != to.stretch || to.index - from.index != static_cast<int64_t>(steps)) return;
    for (size_t k = 1; k < steps; ++k) {
      const double part = static_cast<double>(k) / static_cast<double>(steps);
      const Interval time{from.time_s.low + part * (to.time_s.low - from.time_s.low), from.time_s.high + part * (to.time_s.high - from.time_s.high)};
      times_.frames[a + k] = {true, time, from.stretch, from.index + static_cast<int64_t>(k), between(from.budget, to.budget, part)};
    }
  }

  /// Gives each reading its tick on the endless axis.
  void unwrap() {
    const int64_t latest = hints_.latest_s > 0 ? static_cast<int64_t>(hints_.latest_s * light_code::kTickHz) + kTicksOfDoubt : 0;
    for (size_t i = 0; i < readings_.size(); ++i) {
      if (!readings_[i].readable()) continue;
      const uint32_t shown = first_tick(readings_[i]);
      int64_t tick = shown;
      if (latest > 0 && latest < kTickModulus) {
        tick = latest - ((latest - shown) & (kTickModulus - 1));
        if (tick < -kTicksOfDoubt) {
          ++times_.foreign;
          continue;
        }
      } else if (!frames_.empty()) {
        const int64_t before = frames_.back().tick;
        tick = before + tick_distance(static_cast<uint32_t>(before) & (kTickModulus - 1), shown);
      } else if (latest > 0) {
        tick = latest - ((latest - shown) & (kTickModulus - 1));
      }
      if (frames_.empty()) origin_tick_ = tick;
      frames_.push_back({i, tick, row_bounds(readings_[i], hints_.height, tick), part_readings(readings_[i], hints_.height, tick)});
    }
  }

  static uint32_t first_tick(const FrameReading& reading) {
    for (const StripReading& strip : reading.strip) {
      for (const BankReading& bank : strip.bank) {
        if (bank.readable) return bank.tick;
      }
    }
    return 0;
  }

  double offset_ms(const ReadFrame& frame) const {
    return static_cast<double>(light_code::tick_begin_ns(frame.tick) - light_code::tick_begin_ns(origin_tick_)) / 1e6;
  }

  double seconds(double ms) const { return static_cast<double>(light_code::tick_begin_ns(origin_tick_)) / 1e9 + ms / 1e3; }

  /// Adds a frame's bounds for t = nominal + x[kStart] + position * x[kStretchOff]; `nominal_ms` counts from the frame's own tick.
  static void add_bounds(const ReadFrame& frame, double nominal_ms, double position, std::vector<HalfSpace>& spaces) {
    for (const RowBound& bound : frame.bounds) {
      const double sign = bound.upper ? 1 : -1;
      HalfSpace space{};
      space.a[kStart] = sign;
      space.a[kStretchOff] = sign * position;
      space.a[kReadout] = sign * bound.row;
      space.a[kExposure] = -sign * bound.factor;
      space.a[kContradiction] = -1;
      space.b = sign * (bound.boundary_ms - nominal_ms);
      spaces.push_back(space);
    }
  }

  /// By how much the bounds contradict each other, and the unknowns for which it is least. nullopt if there is nothing within limits.
  static std::optional<Vector> least_contradiction(const std::vector<HalfSpace>& spaces, double stretch_off) {
    Vector objective{};
    objective[kContradiction] = -1;
    return maximise(kUnknowns + 1, spaces, objective, low(stretch_off), high(stretch_off));
  }

  /// Whether a bound is one of those that decide the least contradiction at `x`.
  static bool is_tight(const HalfSpace& space, const Vector& x) {
    constexpr double kTightMs = 1e-6;
    double side = -space.b;
    for (size_t i = 0; i <= kUnknowns; ++i) side += space.a[i] * x[i];
    return side > -kTightMs;
  }

  /// Leaves out the bounds of banks that were misread, one in a picture at most; `frame_of` has the picture of each bound, and keeps step.
  static void leave_out_misread(std::vector<HalfSpace>& spaces, std::vector<size_t>& frame_of, size_t frames) {
    std::vector<bool> has_one(frames, false);
    for (size_t left = frames / kFramesForEachMisread; left > 0; --left) {
      const std::optional<Vector> now = least_contradiction(spaces, kMaxOffMs);
      if (!now || (*now)[kContradiction] <= kModelErrorMs) return;
      double best = (*now)[kContradiction];
      std::optional<size_t> worst;
      for (size_t i = 0; i < spaces.size(); ++i) {
        if (has_one[frame_of[i]] || !is_tight(spaces[i], *now)) continue;
        const HalfSpace kept = spaces[i];
        spaces[i] = HalfSpace{};  // 0 <= 0: holds everywhere
        const std::optional<Vector> without = least_contradiction(spaces, kMaxOffMs);
        spaces[i] = kept;
        if (!without || (*without)[kContradiction] >= best) continue;
        best = (*without)[kContradiction];
        worst = i;
      }
      if (!worst) return;
      has_one[frame_of[*worst]] = true;
      spaces.erase(spaces.begin() + static_cast<std::ptrdiff_t>(*worst));
      frame_of.erase(frame_of.begin() + static_cast<std::ptrdiff_t>(*worst));
    }
  }

  static Vector low(double stretch_off) { return {-kMaxOffMs, -stretch_off, -kMaxReadoutMs, 0, 0}; }
  static Vector high(double stretch_off) { return {kMaxOffMs, stretch_off, kMaxReadoutMs, kMaxExposureMs, kMaxOffMs}; }

  /// By how much the bounds contradict each other; loosens them so that they no longer do. nullopt if it is more than `most`.
  static std::optional<double> loosen(std::vector<HalfSpace>& spaces, double stretch_off, double most) {
    const std::optional<Vector> best = least_contradiction(spaces, stretch_off);
    if (!best || (*best)[kContradiction] > most) return std::nullopt;
    const double by = 2 * (*best)[kContradiction] + kModelErrorMs;
    for (HalfSpace& space : spaces) {
      space.b += by;
      space.a[kContradiction] = 0;
    }
    return by;
  }

  static std::optional<Interval> extent(const std::vector<HalfSpace>& spaces, double stretch_off, const Vector& direction) {
    Vector opposite{};
    for (size_t i = 0; i < opposite.size(); ++i) opposite[i] = -direction[i];
    const std::optional<Vector> top = maximise(kUnknowns, spaces, direction, low(stretch_off), high(stretch_off));
    const std::optional<Vector> bottom = maximise(kUnknowns, spaces, opposite, low(stretch_off), high(stretch_off));
    if (!top || !bottom) return std::nullopt;
    Interval result{0, 0};
    for (size_t i = 0; i < kUnknowns; ++i) {
      result.high += direction[i] * (*top)[i];
      result.low += direction[i] * (*bottom)[i];
    }
    return result;
  }

  /// A bank's reading within a stretch: the middle of its exposure is x[kStart] + position * x[kStretchOff] + row * x[kReadout] after `nominal_ms`,
  /// which counts from the change.
  struct StretchPart {
    double nominal_ms, position, row, part, sigma;
  };

  /// The part of a bank's exposure that lay before the change.
  static double part_at(const StretchPart& p, const Vector& x) {
    const double middle = p.nominal_ms + x[kStart] + p.position * x[kStretchOff] + p.row * x[kReadout];
    return std::clamp(0.5 - middle / std::max(1e-3, x[kExposure]), 0.0, 1.0);
  }

  /// By how many of its standard deviations a reading is off, at most kOutlier either way.
  static double off_by(const StretchPart& p, const Vector& x) {
    const double part = part_at(p, x);
    const double lag = x[kLag] * (1 - part) * (1 + x[kLagWithin] * part);
    return std::clamp((part + lag - p.part) / p.sigma, -kOutlier, kOutlier);
  }

  /// How much more readings scatter about what explains them than their standard deviations say (Birge 1932); 1 if they do not, or are too few to
  /// tell. Dark scenes and coarse quantisation make cells err in ways that their noise does not show. Only changes within an exposure tell a time,
  /// and count.
  static double birge_ratio(const std::vector<StretchPart>& parts, const std::vector<Vector>& points) {
    constexpr double kWithin = 0.02;
    constexpr size_t kTelling = 12;
    Vector mean{};
    for (const Vector& x : points) {
      for (size_t i = 0; i < kAllUnknowns; ++i) mean[i] += x[i] / static_cast<double>(points.size());
    }
    double squares = 0;
    size_t count = 0;
    for (const StretchPart& p : parts) {
      const double part = part_at(p, mean);
      if (part < kWithin || part > 1 - kWithin) continue;
      squares += off_by(p, mean) * off_by(p, mean);
      ++count;
    }
    return count < kTelling ? 1 : std::max(1.0, std::sqrt(squares / static_cast<double>(count - kAllUnknowns)));
  }

  /// How well unknowns explain the parts that were read; errors of a bank are normal. An encoder leaves a part of a change out, the more the coarser
  /// it quantises, so that all pictures lag: that part is one more unknown.
  static double log_likelihood(const std::vector<StretchPart>& parts, const Vector& x) {
    double sum = 0;
    for (const StretchPart& p : parts) sum -= off_by(p, x) * off_by(p, x) / 2;
    return sum;
  }

  /// Unknowns that fit the bounds, as likely as the parts that were read say. Empty if nothing does.
  static std::vector<Vector> all_that_fits(const std::vector<HalfSpace>& spaces, const std::vector<StretchPart>& parts) {
    std::vector<Vector> corners;
    for (size_t i = 0; i < kUnknowns; ++i) {
      for (const double sign : {1.0, -1.0}) {
        Vector direction{};
        direction[i] = sign;
        const std::optional<Vector> corner = maximise(kUnknowns, spaces, direction, low(kMaxOffMs), high(kMaxOffMs));
        if (!corner) return {};
        for (const auto& [lag, within] : {std::pair{0.0, 0.0}, {kMostLag, 0.0}, {0.0, kMostLagWithin}}) {
          corners.push_back(*corner);
          corners.back()[kLag] = lag;
          corners.back()[kLagWithin] = within;
        }
      }
    }
    Vector least = low(kMaxOffMs), most = high(kMaxOffMs);
    least[kLag] = least[kLagWithin] = 0;
    most[kLag] = kMostLag;
    most[kLagWithin] = kMostLagWithin;
    return sample_polytope(kAllUnknowns, spaces, least, most, corners, kPoints, [&parts](const Vector& x) { return log_likelihood(parts, x); });
  }

  /// The distribution of one value among them, as the rectangular one that has the same 95 % range.
  static Interval range_of(const std::vector<Vector>& points, const Vector& direction) {
    std::vector<double> values;
    for (const Vector& point : points) {
      double value = 0;
      for (size_t i = 0; i < kUnknowns; ++i) value += direction[i] * point[i];
      values.push_back(value);
    }
    std::sort(values.begin(), values.end());
    const size_t tail = values.size() * 25 / 1000;
    const double bottom = values[tail], top = values[values.size() - 1 - tail];
    const double middle = (bottom + top) / 2, half = (top - bottom) / 2 / kCoverage;
    return {middle - half, middle + half};
  }

  /// What a time owes to each unknown: the spread of the points is taken apart along one after the other.
  static TimeBudget budget_of(const std::vector<Vector>& points, double position) {
    const auto n = static_cast<double>(points.size());
    std::vector<std::vector<double>> columns(5);  // time; exposure, row time, both of coding
    for (const Vector& x : points) {
      const double values[] = {x[kStart] + position * x[kStretchOff], x[kExposure], x[kReadout], x[kLag], x[kLagWithin] * x[kLag]};
      for (size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
    }
    for (std::vector<double>& column : columns) {
      double mean = 0;
      for (const double value : column) mean += value / n;
      for (double& value : column) value -= mean;
    }
    const auto product = [](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0;
      for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
      return sum;
    };
    double u[5] = {};
    for (size_t source = 1; source < columns.size(); ++source) {
      const double own = product(columns[source], columns[source]);
      if (own < 1e-12 * n) continue;
      u[source] = std::abs(product(columns[0], columns[source])) / std::sqrt(own * n);
      // The others without what they share with it.
      for (size_t other = 0; other < columns.size(); ++other) {
        if (other != 0 && other <= source) continue;
        const double share = product(columns[other], columns[source]) / own;
        for (size_t i = 0; i < columns[other].size(); ++i) columns[other][i] -= share * columns[source][i];
      }
    }
    constexpr double kMs = 1e-3;
    return {kMs * u[1], kMs * u[2], kMs * std::hypot(u[3], u[4]), kMs * std::sqrt(product(columns[0], columns[0]) / n)};
  }

  static TimeBudget between(const TimeBudget& a, const TimeBudget& b, double part) {
    const auto at = [part](double from, double to) { return from + part * (to - from); };
    return {at(a.exposure, b.exposure), at(a.row_time, b.row_time), at(a.coding, b.coding), at(a.code, b.code)};
  }

  void solve_alone(ReadFrame& frame) const {
    std::vector<HalfSpace> spaces;
    add_bounds(frame, 0, 0, spaces);
    if (!loosen(spaces, 0, kMaxContradictionAloneMs)) return;
    const std::optional<Interval> range = extent(spaces, 0, {1});
    if (!range) return;
    frame.alone_known = true;
    frame.alone_ms = {offset_ms(frame) + range->low, offset_ms(frame) + range->high};
    frame.middle_ms = frame.alone_ms.middle();
  }

  void publish_alone(const ReadFrame& frame) {
    FrameTime& time = times_.frames[frame.frame];
    time.known = true;
    time.time_s = {seconds(frame.alone_ms.low), seconds(frame.alone_ms.high)};
    time.budget.code = time.time_s.half_width() / std::sqrt(3.0);
  }

  static double median_step(std::vector<double> values) {
    std::vector<double> steps;
    for (size_t i = 1; i < values.size(); ++i) steps.push_back(values[i] - values[i - 1]);
    if (steps.empty()) return 0;
    std::sort(steps.begin(), steps.end());
    return steps[steps.size() / 2];
  }

  void number() {
    if (frames_.size() < 2) return;
    std::vector<double> middles;
    for (const ReadFrame& frame : frames_) middles.push_back(frame.middle_ms);
    std::vector<double> candidates;
    if (hints_.frame_period_s) candidates.push_back(*hints_.frame_period_s * 1e3);
    candidates.push_back(median_step(hints_.pts_s) * 1e3);
    candidates.push_back((middles.back() - middles.front()) / static_cast<double>(middles.size() - 1));
    candidates.push_back(median_step(middles));
    numbering_ = number_frames(middles, candidates, kNumberingToleranceMs);
  }

  /// Solves the frames [begin, end) together, or, if they contradict each other, each half of them.
  void solve_stretch(size_t begin, size_t end) {
    if (end - begin < 2) {
      for (size_t i = begin; i < end; ++i) publish_alone(frames_[i]);
      return;
    }
    const int64_t first = numbering_->index[begin];
    const double middle = static_cast<double>(numbering_->index[end - 1] - first) / 2;
    const double half_span = std::max(0.5, middle);
    std::vector<double> nominal_ms;  // on the common axis
    std::vector<double> position;    // -1 .. 1
    double centre = 0;
    for (size_t i = begin; i < end; ++i) {
      const double steps = static_cast<double>(numbering_->index[i] - first) - middle;
      position.push_back(steps / half_span);
      nominal_ms.push_back(steps * numbering_->period);
      centre += (frames_[i].middle_ms - nominal_ms.back()) / static_cast<double>(end - begin);
    }
    std::vector<HalfSpace> spaces;
    std::vector<size_t> frame_of;  // of each bound
    std::vector<StretchPart> parts;
    for (size_t i = begin; i < end; ++i) {
      nominal_ms[i - begin] += centre;
      const double from_tick_ms = nominal_ms[i - begin] - offset_ms(frames_[i]);
      add_bounds(frames_[i], from_tick_ms, position[i - begin], spaces);
      frame_of.resize(spaces.size(), i - begin);
      for (const PartReading& part : frames_[i].parts)
        parts.push_back({from_tick_ms - part.boundary_ms, position[i - begin], part.row, part.part, part.sigma});
    }
    leave_out_misread(spaces, frame_of, end - begin);
    if (common_period_ms_ && end - begin >= kLeastOfCommonPeriod) {
      spaces.push_back({{0, 1}, (common_period_ms_->high - numbering_->period) * half_span});
      spaces.push_back({{0, -1}, (numbering_->period - common_period_ms_->low) * half_span});
    }
    if (!loosen(spaces, kMaxOffMs, kMaxContradictionMs) || !publish_stretch(begin, end, spaces, parts, nominal_ms, position, half_span)) {
      was_split_ = true;
      const size_t half = begin + (end - begin) / 2;
      solve_stretch(begin, half);
      solve_stretch(half, end);
    }
  }

  bool publish_stretch(size_t begin, size_t end, const std::vector<HalfSpace>& spaces, std::vector<StretchPart> parts,
                       const std::vector<double>& nominal_ms, const std::vector<double>& position, double half_span) {
    std::vector<Vector> points = all_that_fits(spaces, parts);
    if (points.empty()) return false;
    const double scatter = birge_ratio(parts, points);
    if (scatter > 1) {
      for (StretchPart& part : parts) part.sigma *= scatter;
      points = all_that_fits(spaces, parts);
    }
    const Interval slope = range_of(points, {0, 1});
    std::vector<size_t> knots;
    for (size_t i = 0; i + 1 < end - begin; i += kKnotDistance) knots.push_back(i);
    knots.push_back(end - begin - 1);
    std::vector<Interval> at_knots;
    std::vector<TimeBudget> budgets;
    for (size_t knot : knots) {
      at_knots.push_back(range_of(points, {1, position[knot]}));
      budgets.push_back(budget_of(points, position[knot]));
    }
    const int stretch = static_cast<int>(times_.stretch_periods_s.size());
    stretch_sizes_.push_back(end - begin);
    times_.stretch_periods_s.push_back({(numbering_->period + slope.low / half_span) / 1e3, (numbering_->period + slope.high / half_span) / 1e3});
    size_t knot = 0;
    for (size_t i = 0; i < end - begin; ++i) {
      while (knot + 2 < knots.size() && i > knots[knot + 1]) ++knot;
      const size_t next = std::min(knot + 1, knots.size() - 1);
      const double span = position[knots[next]] - position[knots[knot]];
      const double part = span > 0 ? std::clamp((position[i] - position[knots[knot]]) / span, 0.0, 1.0) : 0;
      const Interval range{at_knots[knot].low + part * (at_knots[next].low - at_knots[knot].low),
                           at_knots[knot].high + part * (at_knots[next].high - at_knots[knot].high)};
      FrameTime& time = times_.frames[frames_[begin + i].frame];
      time = {true,
              {seconds(nominal_ms[i] + range.low), seconds(nominal_ms[i] + range.high)},
              stretch,
              numbering_->index[begin + i] - numbering_->index[begin],
              between(budgets[knot], budgets[next], part)};
    }
    narrow(times_.exposure_s, extent(spaces, kMaxOffMs, {0, 0, 0, 1}));
    narrow(times_.readout_s, extent(spaces, kMaxOffMs, {0, 0, 1, 0}));
    return true;
  }

  /// Of several stretches the one that tells most.
  static void narrow(std::optional<Interval>& so_far, const std::optional<Interval>& ms) {
    if (!ms) return;
    const Interval s{ms->low / 1e3, ms->high / 1e3};
    if (!so_far || s.half_width() < so_far->half_width()) so_far = s;
  }

  const std::vector<FrameReading>& readings_;
  const PhotonHints& hints_;
  std::vector<ReadFrame> frames_;
  int64_t origin_tick_ = 0;
  std::optional<FrameNumbering> numbering_;
  bool was_split_ = false;
  std::vector<size_t> stretch_sizes_;  ///< frames of each, as times_.stretch_periods_s
  std::optional<Interval> common_period_ms_;
  PhotonTimes times_;
};

}  // namespace

Interval PhotonTimes::distance_s(size_t a, size_t b) const {
  const FrameTime& from = frames.at(a);
  const FrameTime& to = frames.at(b);
  Interval apart{to.time_s.low - from.time_s.high, to.time_s.high - from.time_s.low};
  if (from.stretch < 0 || from.stretch != to.stretch) return apart;
  const Interval& period = stretch_periods_s[static_cast<size_t>(from.stretch)];
  const double steps = static_cast<double>(to.index - from.index);
  const double one = steps * period.low;
  const double other = steps * period.high;
  apart.low = std::max(apart.low, std::min(one, other));
  apart.high = std::min(apart.high, std::max(one, other));
  return apart;
}

PhotonTimes estimate_photon_times(const std::vector<FrameReading>& readings, const PhotonHints& hints) {
  return Estimator(readings, hints).estimate();
}

}  // namespace saksi::judge
