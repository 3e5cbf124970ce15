#include "judge/tamper/attacks.h"

#include "judge/tamper/attack_functions.h"

namespace saksi::judge {

namespace {

constexpr TamperOutcome kFound = TamperOutcome::kDetected;
constexpr TamperOutcome kSeal = TamperOutcome::kDetectedWithSeal;
constexpr TamperOutcome kNever = TamperOutcome::kNotDetectable;

/// The table of the report.
const std::vector<Attack> kAttacks = {
    {"end-cut", "end cut off in mid-GOP", "akhir dipotong di tengah GOP", kFound, "pictures behind the last signature are pending",
     "gambar setelah tanda tangan terakhir tertunda", false, false, attack::end_cut},
    {"end-cut-at-gop", "end cut off before a GOP", "akhir dipotong tepat sebelum GOP", kFound, "the signature of the last GOP stands in the next one",
     "tanda tangan GOP terakhir ada di GOP berikutnya", false, false, attack::end_cut_at_gop},
    {"start-cut-at-gop", "start cut off before a GOP", "awal dipotong tepat sebelum GOP", kFound, "the first signature speaks of pictures before it",
     "tanda tangan pertama menyebut gambar sebelumnya", false, false, attack::start_cut_at_gop},
    {"start-cut", "start cut off in mid-GOP", "awal dipotong di tengah GOP", kFound, "the rest of the GOP does not fit its signature",
     "sisa GOP tidak cocok dengan tanda tangannya", false, false, attack::start_cut},
    {"middle-cut", "a stretch cut out of the middle", "bagian tengah dipotong", kFound, "linked hashes and counters", "hash berantai dan penghitung",
     false, false, attack::middle_cut},
    {"picture-dropped", "one picture removed", "satu gambar dihapus", kFound, "hash list", "daftar hash", false, false, attack::picture_dropped},
    {"key-picture-dropped", "one key picture removed", "satu gambar kunci dihapus", kFound, "anchor hash", "hash jangkar", false, false,
     attack::key_picture_dropped},
    {"gop-dropped", "one GOP removed", "satu GOP dihapus", kFound, "linked hash", "hash berantai", false, false, attack::gop_dropped},
    {"picture-doubled", "one picture twice", "satu gambar digandakan", kFound, "hash list", "daftar hash", false, false, attack::picture_doubled},
    {"gop-doubled", "one GOP twice", "satu GOP digandakan", kFound, "counter and linked hash", "penghitung dan hash berantai", false, false,
     attack::gop_doubled},
    {"pictures-exchanged", "two pictures exchanged", "dua gambar ditukar", kFound, "order of the hash list", "urutan daftar hash", false, false,
     attack::pictures_exchanged},
    {"gops-exchanged", "two GOPs exchanged", "dua GOP ditukar", kFound, "linked hash", "hash berantai", false, false, attack::gops_exchanged},
    {"pictures-reversed", "pictures of a GOP in reverse", "gambar satu GOP dibalik", kFound, "order of the hash list", "urutan daftar hash", false,
     false, attack::pictures_reversed},
    {"picture-frozen", "a picture replaced by the one before", "gambar diganti gambar sebelumnya", kFound, "hash list", "daftar hash", false, false,
     attack::picture_frozen},
    {"gop-replaced", "pictures of a GOP replaced by another GOP's", "gambar satu GOP diganti dari GOP lain", kFound, "GOP hash", "hash GOP", false,
     false, attack::gop_replaced},
    {"recoded", "coded anew, signatures lost", "dikodekan ulang, tanda tangan hilang", kFound, "a signature is asked for and missing",
     "tanda tangan diminta tetapi tidak ada", false, false, attack::recoded},
    {"recoded-old-signatures", "coded anew, old signatures put back", "dikodekan ulang, tanda tangan lama dipasang", kFound,
     "the signatures are of other pictures", "tanda tangan milik gambar lain", false, false, attack::recoded_with_old_signatures},
    {"slice-bit", "one bit of a picture", "satu bit gambar", kFound, "hash list", "daftar hash", false, false, attack::slice_bit},
    {"key-picture-bit", "one bit of a key picture", "satu bit gambar kunci", kFound, "anchor hash", "hash jangkar", false, false,
     attack::key_picture_bit},
    {"reference-flag", "reference flag of a picture cleared", "tanda rujukan gambar dihapus", kFound, "the NAL head is hashed",
     "kepala NAL ikut di-hash", false, false, attack::reference_flag},
    {"hash-list-byte", "one bit of a hash list", "satu bit daftar hash", kFound, "signature", "tanda tangan", false, false, attack::hash_list_byte},
    {"signed-time-byte", "one bit of a signed time", "satu bit waktu bertanda tangan", kFound, "signature", "tanda tangan", false, false,
     attack::signed_time_byte},
    {"signature-byte", "one bit of a signature", "satu bit tanda tangan", kFound, "signature", "tanda tangan", false, false, attack::signature_byte},
    {"device-text", "device text in a signature changed", "teks perangkat dalam tanda tangan diubah", kFound, "signature", "tanda tangan", false,
     false, attack::device_text},
    {"signature-stripped", "one signature removed", "satu tanda tangan dihapus", kFound, "its GOP has none", "GOP-nya tidak punya", false, false,
     attack::one_signature_stripped},
    {"all-signatures-stripped", "all signatures removed", "semua tanda tangan dihapus", kFound, "a signature is asked for and missing",
     "tanda tangan diminta tetapi tidak ada", false, false, attack::all_signatures_stripped},
    {"signature-doubled", "one signature twice", "satu tanda tangan digandakan", kFound, "counter", "penghitung", false, false,
     attack::signature_doubled},
    {"signatures-exchanged", "two signatures exchanged", "dua tanda tangan ditukar", kFound, "counter", "penghitung", false, false,
     attack::signatures_exchanged},
    {"certificate-exchanged", "certificate replaced, signature kept", "sertifikat diganti, tanda tangan tetap", kFound,
     "the signature does not fit the key", "tanda tangan tidak cocok dengan kunci", false, false, attack::certificate_exchanged},
    {"signed-by-attacker", "all signed anew with an attacker's key", "semua ditandatangani ulang dengan kunci penyerang", kFound,
     "the key is not one that is trusted", "kunci tidak dipercaya", false, true, attack::signed_by_attacker},
    {"tail-signed-by-other-camera", "second half signed by another camera of the same maker",
     "paruh kedua ditandatangani kamera lain dari pembuat yang sama", kFound, "the key changes within the clip", "kunci berubah di dalam klip", true,
     false, attack::tail_signed_by_other},
    {"spliced-with-itself", "the clip twice in a row", "klip disambung dengan dirinya sendiri", kFound, "counter", "penghitung", false, false,
     attack::spliced_with_itself},
    {"spliced-with-other", "two recordings spliced", "dua rekaman disambung", kFound, "counter and key", "penghitung dan kunci", false, false,
     attack::spliced_with_other},
    {"unsigned-in-front", "unsigned pictures put in front", "gambar tanpa tanda tangan di depan", kFound, "no signature covers them",
     "tidak ada tanda tangan untuknya", false, false, attack::unsigned_in_front},
    {"unsigned-behind", "unsigned pictures put behind", "gambar tanpa tanda tangan di belakang", kFound, "they stay pending", "tetap tertunda", false,
     false, attack::unsigned_behind},
    {"foreign-user-data", "user data that nobody signed put in", "data pengguna tanpa tanda tangan disisipkan", kFound, "it is named", "disebutkan",
     false, false, attack::foreign_user_data},
    {"level-byte", "level byte of the picture format changed", "bita level format gambar diubah", kFound, "it contradicts the SPS",
     "bertentangan dengan SPS", false, false, attack::level_byte},
    {"parameter-sets", "another SPS put into the stream", "SPS lain disisipkan ke aliran", kFound, "it contradicts the sample description",
     "bertentangan dengan deskripsi sampel", false, false, attack::parameter_sets_in_stream},
    {"rate-halved", "picture rate of the file halved", "laju gambar berkas dibagi dua", kFound, "signed times contradict it",
     "waktu bertanda tangan bertentangan", false, false, attack::rate_halved},
    {"gop-slowed", "a GOP, of at least half a second, shown three times slower", "satu GOP, paling sedikit setengah detik, diperlambat tiga kali",
     kFound, "signed times contradict it", "waktu bertanda tangan bertentangan", false, false, attack::one_gop_slowed},
    {"end-hidden", "end hidden by an edit list", "akhir disembunyikan daftar edit", kFound, "hidden pictures are counted",
     "gambar tersembunyi dihitung", false, false, attack::end_hidden},
    {"start-hidden", "start hidden by an edit list", "awal disembunyikan daftar edit", kFound, "hidden pictures are counted",
     "gambar tersembunyi dihitung", false, false, attack::start_hidden},
    {"data-behind", "bytes behind the last box", "bita di belakang kotak terakhir", kFound, "no box holds them", "tidak ada kotak yang memuatnya",
     false, false, attack::data_behind},
    {"truncated", "file cut off, at each sector", "berkas terpotong, pada setiap sektor", kFound, "its boxes or signatures end early",
     "kotak atau tanda tangan berakhir dini", false, false, attack::cut_by_sectors},
    {"fragment-dropped", "one fragment removed", "satu fragmen dihapus", kFound, "linked hash, fragment numbers", "hash berantai, nomor fragmen",
     false, false, attack::fragment_dropped},
    {"fragment-doubled", "one fragment twice", "satu fragmen digandakan", kFound, "fragment numbers", "nomor fragmen", false, false,
     attack::fragment_doubled},
    {"fragments-exchanged", "two fragments exchanged", "dua fragmen ditukar", kFound, "fragment numbers", "nomor fragmen", false, false,
     attack::fragments_exchanged},
    {"fragment-number", "number of a fragment changed", "nomor fragmen diubah", kFound, "numbers follow each other", "nomor berurutan", false, false,
     attack::fragment_number},
    {"fragment-time", "decode time of a fragment moved", "waktu dekode fragmen digeser", kFound, "times follow each other", "waktu berurutan", false,
     false, attack::fragment_time},
    {"nonce-used-twice", "two signatures of the camera made with one random number", "dua tanda tangan kamera dengan satu bilangan acak", kFound,
     "both have the same r; the private key can be computed from them", "keduanya memiliki r yang sama; kunci privat dapat dihitung", true, false,
     attack::nonce_used_twice},
    {"clock-set-back", "clock set back while recording", "jam dimundurkan saat merekam", kFound, "signed times run backwards",
     "waktu bertanda tangan mundur", true, false, attack::clock_set_back_while_recording},
    {"clock-stands", "clock stood still while recording", "jam berhenti saat merekam", kFound, "signed times stand while the file's go on",
     "waktu bertanda tangan berhenti sementara waktu berkas berjalan", true, false, attack::clock_stands},
    {"clock-before-certificate", "clock before the certificate's issue", "jam sebelum sertifikat terbit", kFound, "the certificate was not valid yet",
     "sertifikat belum berlaku", true, false, attack::clock_before_certificate},
    {"clock-wrong", "clock wrong all along, within the certificate's time", "jam salah sejak awal, dalam masa sertifikat", kNever,
     "the camera signs what its clock says; only another clock could tell", "kamera menandatangani kata jamnya; hanya jam lain dapat membantah", true,
     false, attack::clock_wrong_all_along},
    {"wrapped-anew", "written anew into another file, pictures and signatures kept", "ditulis ulang ke berkas lain, gambar dan tanda tangan tetap",
     kSeal, "signatures are of pictures, not of files", "tanda tangan untuk gambar, bukan berkas", false, false, attack::wrapped_anew},
    {"free-space", "free space of the file filled", "ruang kosong berkas diisi", kSeal, "no signature covers free space",
     "tidak ada tanda tangan untuk ruang kosong", false, false, attack::free_space_filled},
    {"renamed", "file renamed", "berkas diganti nama", kSeal, "a name is not in the file", "nama tidak ada di dalam berkas", false, false,
     attack::renamed},
    {"redated", "date of the file changed", "tanggal berkas diubah", kSeal, "a date is not in the file", "tanggal tidak ada di dalam berkas", false,
     false, attack::redated},
    {"replayed", "an older signed clip put beside it under a new name", "klip lama bertanda tangan ditaruh dengan nama baru", kSeal,
     "it is a good clip, of another day", "klip itu sah, dari hari lain", false, false, attack::replayed},
};

}  // namespace

const char* tamper_outcome_word(TamperOutcome outcome) {
  switch (outcome) {
    case TamperOutcome::kDetected:
      return "detected";
    case TamperOutcome::kDetectedWithSeal:
      return "detected-with-seal";
    case TamperOutcome::kNotDetectable:
      break;
  }
  return "not-detectable";
}

const std::vector<Attack>& attacks() { return kAttacks; }

}  // namespace saksi::judge
