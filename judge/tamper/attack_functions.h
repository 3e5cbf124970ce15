#ifndef SAKSI_JUDGE_TAMPER_ATTACK_FUNCTIONS_H_
#define SAKSI_JUDGE_TAMPER_ATTACK_FUNCTIONS_H_

#include "judge/tamper/attack_tools.h"

namespace saksi::judge::attack {

// The functions of the table in attacks.cpp, which says what each of them does.

// On pictures.
Result end_cut(const TamperInput& in);
Result end_cut_at_gop(const TamperInput& in);
Result start_cut_at_gop(const TamperInput& in);
Result start_cut(const TamperInput& in);
Result middle_cut(const TamperInput& in);
Result picture_dropped(const TamperInput& in);
Result key_picture_dropped(const TamperInput& in);
Result gop_dropped(const TamperInput& in);
Result picture_doubled(const TamperInput& in);
Result gop_doubled(const TamperInput& in);
Result pictures_exchanged(const TamperInput& in);
Result gops_exchanged(const TamperInput& in);
Result pictures_reversed(const TamperInput& in);
Result picture_frozen(const TamperInput& in);
Result gop_replaced(const TamperInput& in);
Result recoded(const TamperInput& in);
Result recoded_with_old_signatures(const TamperInput& in);
Result slice_bit(const TamperInput& in);
Result key_picture_bit(const TamperInput& in);
Result reference_flag(const TamperInput& in);

// On signatures.
Result hash_list_byte(const TamperInput& in);
Result signed_time_byte(const TamperInput& in);
Result signature_byte(const TamperInput& in);
Result device_text(const TamperInput& in);
Result one_signature_stripped(const TamperInput& in);
Result all_signatures_stripped(const TamperInput& in);
Result signature_doubled(const TamperInput& in);
Result signatures_exchanged(const TamperInput& in);
Result certificate_exchanged(const TamperInput& in);
Result signed_by_attacker(const TamperInput& in);
Result tail_signed_by_other(const TamperInput& in);
Result clock_set_back_while_recording(const TamperInput& in);
Result clock_before_certificate(const TamperInput& in);
Result clock_stands(const TamperInput& in);
Result clock_wrong_all_along(const TamperInput& in);
Result nonce_used_twice(const TamperInput& in);
Result spliced_with_itself(const TamperInput& in);
Result spliced_with_other(const TamperInput& in);
Result unsigned_in_front(const TamperInput& in);
Result unsigned_behind(const TamperInput& in);
Result foreign_user_data(const TamperInput& in);

// On files.
Result level_byte(const TamperInput& in);
Result parameter_sets_in_stream(const TamperInput& in);
Result rate_halved(const TamperInput& in);
Result one_gop_slowed(const TamperInput& in);
Result end_hidden(const TamperInput& in);
Result start_hidden(const TamperInput& in);
Result data_behind(const TamperInput& in);
Result cut_by_sectors(const TamperInput& in);
Result fragment_dropped(const TamperInput& in);
Result fragment_doubled(const TamperInput& in);
Result fragments_exchanged(const TamperInput& in);
Result fragment_number(const TamperInput& in);
Result fragment_time(const TamperInput& in);
Result wrapped_anew(const TamperInput& in);
Result free_space_filled(const TamperInput& in);
Result renamed(const TamperInput& in);
Result redated(const TamperInput& in);
Result replayed(const TamperInput& in);

}  // namespace saksi::judge::attack

#endif
