#ifndef SAKSI_HW_MODELS_BOARD_ENCODER_PROBE_H_
#define SAKSI_HW_MODELS_BOARD_ENCODER_PROBE_H_

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <functional>
#include <systemc>

namespace saksi::hw {

/// Sits in the register path of the encoder and watches what the firmware writes and reads there, so that simulation knows which picture
/// was coded from which buffer to which. It passes every access on unchanged and makes none of its own: the block cannot be disturbed.
class EncoderProbe : public sc_core::sc_module {
 public:
  /// A picture whose length the firmware has just read.
  struct Picture {
    sc_core::sc_time started;
    sc_core::sc_time done;     ///< its interrupt
    uint32_t source = 0;       ///< SRC_Y at the start
    uint32_t bitstream = 0;    ///< BS_ADDR at the start
    uint32_t bytes = 0;        ///< BS_BYTES
  };

  explicit EncoderProbe(sc_core::sc_module_name name);

  tlm_utils::simple_target_socket<EncoderProbe, 32> target;
  tlm_utils::simple_initiator_socket<EncoderProbe, 32> initiator;

  void on_picture(std::function<void(const Picture&)> listener) { listener_ = std::move(listener); }
  /// Hands the block's interrupt on to a listener.
  void on_irq(std::function<void(bool level)> listener) { irq_listener_ = std::move(listener); }
  /// To be told of the block's interrupt.
  void irq_changed(bool level);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

  std::function<void(const Picture&)> listener_;
  std::function<void(bool)> irq_listener_;
  Picture latched_;
  Picture current_;
  bool in_work_ = false;
};

}  // namespace saksi::hw

#endif
