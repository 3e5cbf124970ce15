#include "hw-models/cpu/float_unit.h"

#include <cfenv>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>

namespace saksi::hw {
namespace {

// Accrued exceptions, by their bit in fcsr.
constexpr uint32_t kInexact = 1;
constexpr uint32_t kUnderflow = 2;
constexpr uint32_t kOverflow = 4;
constexpr uint32_t kDivideByZero = 8;
constexpr uint32_t kInvalid = 16;

enum class Rounding : uint32_t { kNearestEven, kTowardsZero, kDown, kUp, kNearestAway, kDynamic = 7 };

// A format that holds every tie of the next narrower one.
#if defined(__SIZEOF_FLOAT128__)
using Quad = __float128;
Quad root_of(Quad x) { return sqrtf128(x); }
Quad fused(Quad a, Quad b, Quad c) { return fmaf128(a, b, c); }
#else
using Quad = long double;
static_assert(LDBL_MANT_DIG == 113, "rounding doubles to nearest, ties away, needs a format of 113 bits");
Quad root_of(Quad x) { return std::sqrt(x); }
Quad fused(Quad a, Quad b, Quad c) { return std::fma(a, b, c); }
#endif
double root_of(double x) { return std::sqrt(x); }
float root_of(float x) { return std::sqrt(x); }
double fused(double a, double b, double c) { return std::fma(a, b, c); }
float fused(float a, float b, float c) { return std::fma(a, b, c); }

template <typename Float>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  using Wide = double;
  static constexpr Bits kNan = 0x7FC00000;
  static constexpr unsigned kFraction = 23;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  using Wide = Quad;
  static constexpr Bits kNan = 0x7FF8000000000000;
  static constexpr unsigned kFraction = 52;
};

template <typename Float>
typename Format<Float>::Bits bits_of(Float value) {
  typename Format<Float>::Bits bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
template <typename Float>
Float of_bits(typename Format<Float>::Bits bits) {
  Float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// On bits, since a signalling NaN must not go through the host's arithmetic.
template <typename Float>
bool is_nan(typename Format<Float>::Bits bits) {
  constexpr auto kSign = typename Format<Float>::Bits{1} << (8 * sizeof(Float) - 1);
  constexpr auto kInfinity = ((kSign >> Format<Float>::kFraction) - 1) << Format<Float>::kFraction;
  return (bits & ~kSign) > kInfinity;
}
template <typename Float>
bool is_signalling(typename Format<Float>::Bits bits) {
  return is_nan<Float>(bits) && (bits >> (Format<Float>::kFraction - 1) & 1) == 0;
}

enum class Operation { kAdd, kSubtract, kMultiply, kDivide, kRoot, kFused, kConvert };

/// The volatile objects keep the operation between the calls that set the host's rounding mode and read its flags.
template <typename Float, typename Source>
Float operate(Operation operation, Source a_in, Source b_in, Source c_in) {
  volatile Source va = a_in, vb = b_in, vc = c_in;
  const Source a = va, b = vb, c = vc;
  volatile Float result = 0;
  switch (operation) {
    case Operation::kAdd:
      result = static_cast<Float>(a + b);
      break;
    case Operation::kSubtract:
      result = static_cast<Float>(a - b);
      break;
    case Operation::kMultiply:
      result = static_cast<Float>(a * b);
      break;
    case Operation::kDivide:
      result = static_cast<Float>(a / b);
      break;
    case Operation::kRoot:
      result = static_cast<Float>(root_of(a));
      break;
    case Operation::kFused:
      result = static_cast<Float>(fused(a, b, c));
      break;
    case Operation::kConvert:
      result = static_cast<Float>(a);
      break;
  }
  return result;
}

template <typename Float>
struct Computed {
  Float value;
  uint32_t flags;
};

template <typename Float, typename Source>
Computed<Float> compute_directly(int host_rounding, Operation operation, Source a, Source b, Source c) {
  const int before = std::fegetround();
  std::fesetround(host_rounding);
  std::feclearexcept(FE_ALL_EXCEPT);
  const Float value = operate<Float>(operation, a, b, c);
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  std::feclearexcept(FE_ALL_EXCEPT);
  std::fesetround(before);
  const auto flag = [raised](int host, uint32_t guest) { return (raised & host) != 0 ? guest : 0; };
  return {value, flag(FE_INEXACT, kInexact) | flag(FE_UNDERFLOW, kUnderflow) | flag(FE_OVERFLOW, kOverflow) | flag(FE_DIVBYZERO, kDivideByZero) |
                     flag(FE_INVALID, kInvalid)};
}

/// No host rounds ties away. Only on an exact tie, found in a format that holds it, does this differ from rounding ties to even.
template <typename Float, typename Source>
Computed<Float> compute_nearest_away(Operation operation, Source a, Source b, Source c) {
  using Wide = typename Format<Float>::Wide;
  const Computed<Float> down = compute_directly<Float>(FE_TOWARDZERO, operation, a, b, c);
  if ((down.flags & kInexact) == 0) return down;
  const Computed<Float> nearest = compute_directly<Float>(FE_TONEAREST, operation, a, b, c);
  if (nearest.value != down.value) return nearest;
  const Computed<Wide> exact = compute_directly<Wide>(FE_TOWARDZERO, operation, static_cast<Wide>(a), static_cast<Wide>(b), static_cast<Wide>(c));
  const Computed<Float> away = compute_directly<Float>(std::signbit(down.value) ? FE_DOWNWARD : FE_UPWARD, operation, a, b, c);
  const Wide tie = (static_cast<Wide>(down.value) + static_cast<Wide>(away.value)) / 2;
  return (exact.flags & kInexact) == 0 && exact.value == tie ? away : nearest;
}

template <typename Float, typename Source>
Computed<Float> compute(Rounding rounding, Operation operation, Source a, Source b = 0, Source c = 0) {
  constexpr int kHost[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
  if (rounding == Rounding::kNearestAway) return compute_nearest_away<Float>(operation, a, b, c);
  return compute_directly<Float>(kHost[static_cast<uint32_t>(rounding)], operation, a, b, c);
}

struct Integer {
  uint32_t value;
  uint32_t flags;
};

/// To a whole number from `lowest` to `highest`; what does not fit becomes the nearest of the two, NaN the highest (table 11.4).
Integer to_integer(double value, Rounding rounding, int64_t lowest, int64_t highest) {
  if (std::isnan(value)) return {static_cast<uint32_t>(highest), kInvalid};
  double whole = std::trunc(value);
  const double rest = value - whole;
  const double size = std::fabs(rest);
  const bool is_odd = std::fmod(whole, 2) != 0;
  const bool away = (rounding == Rounding::kNearestEven && (size > 0.5 || (size == 0.5 && is_odd))) || (rounding == Rounding::kDown && rest < 0) ||
                    (rounding == Rounding::kUp && rest > 0) || (rounding == Rounding::kNearestAway && size >= 0.5);
  if (away) whole += value < 0 ? -1 : 1;
  if (whole < static_cast<double>(lowest)) return {static_cast<uint32_t>(lowest), kInvalid};
  if (whole > static_cast<double>(highest)) return {static_cast<uint32_t>(highest), kInvalid};
  return {static_cast<uint32_t>(static_cast<int64_t>(whole)), rest != 0 ? kInexact : 0};
}

/// Bit by class (table 11.5).
template <typename Float>
uint32_t class_of(typename Format<Float>::Bits bits) {
  if (is_nan<Float>(bits)) return is_signalling<Float>(bits) ? 1u << 8 : 1u << 9;
  const Float value = of_bits<Float>(bits);
  const bool negative = std::signbit(value);
  switch (std::fpclassify(value)) {
    case FP_INFINITE:
      return negative ? 1u << 0 : 1u << 7;
    case FP_NORMAL:
      return negative ? 1u << 1 : 1u << 6;
    case FP_SUBNORMAL:
      return negative ? 1u << 2 : 1u << 5;
    default:
      return negative ? 1u << 3 : 1u << 4;
  }
}

/// minimumNumber and maximumNumber of IEEE 754-2019: -0 is less than +0, a NaN gives way to a number.
template <typename Float>
typename Format<Float>::Bits lesser(typename Format<Float>::Bits a, typename Format<Float>::Bits b, bool greater) {
  if (is_nan<Float>(a)) return is_nan<Float>(b) ? Format<Float>::kNan : b;
  if (is_nan<Float>(b)) return a;
  const Float x = of_bits<Float>(a);
  const Float y = of_bits<Float>(b);
  const bool a_is_less = x < y || (x == y && std::signbit(x) && !std::signbit(y));
  return a_is_less != greater ? a : b;
}

/// One instruction whose operands have this format. Each opcode stands for its like of double precision too.
template <typename Float>
class Execution {
 public:
  using Bits = typename Format<Float>::Bits;
  using Result = FloatUnit::Result;

  Execution(FloatUnit& unit, const Instruction& instruction, uint32_t x_rs1)
      : unit_(unit), i_(instruction), x_(x_rs1), a_(operand(i_.rs1)), b_(operand(i_.rs2)) {
    const uint32_t field = i_.raw >> 12 & 7;
    rounding_ = static_cast<Rounding>(field == static_cast<uint32_t>(Rounding::kDynamic) ? unit.fcsr() >> 5 : field);
  }

  /// Sign injection, choice, comparison, class, moves of bits.
  Result exact(Opcode single) {
    switch (single) {
      case Opcode::kFsgnjS:
        return set((a_ & ~kSign) | (b_ & kSign));
      case Opcode::kFsgnjnS:
        return set((a_ & ~kSign) | (~b_ & kSign));
      case Opcode::kFsgnjxS:
        return set(a_ ^ (b_ & kSign));
      case Opcode::kFminS:
        return choose(false);
      case Opcode::kFmaxS:
        return choose(true);
      case Opcode::kFeqS:
        return compare(true, number(a_) == number(b_));
      case Opcode::kFltS:
        return compare(false, number(a_) < number(b_));
      case Opcode::kFleS:
        return compare(false, number(a_) <= number(b_));
      case Opcode::kFclassS:
        return {class_of<Float>(a_)};
      case Opcode::kFmvXW:
        return {static_cast<uint32_t>(unit_.reg(i_.rs1))};
      default:  // kFmvWX
        unit_.set_single(i_.rd, x_);
        return {};
    }
  }

  /// What the rounding mode matters to.
  std::optional<Result> rounded(Opcode single) {
    if (rounding_ > Rounding::kNearestAway) return std::nullopt;
    switch (single) {
      case Opcode::kFmaddS:
        return multiply_add(false, false);
      case Opcode::kFmsubS:
        return multiply_add(false, true);
      case Opcode::kFnmsubS:
        return multiply_add(true, false);
      case Opcode::kFnmaddS:
        return multiply_add(true, true);
      case Opcode::kFaddS:
        return arithmetic(Operation::kAdd);
      case Opcode::kFsubS:
        return arithmetic(Operation::kSubtract);
      case Opcode::kFmulS:
        return arithmetic(Operation::kMultiply);
      case Opcode::kFdivS:
        return arithmetic(Operation::kDivide);
      case Opcode::kFsqrtS:
        return arithmetic(Operation::kRoot);
      case Opcode::kFcvtWS:
        return to_x(INT32_MIN, INT32_MAX);
      case Opcode::kFcvtWuS:
        return to_x(0, UINT32_MAX);
      case Opcode::kFcvtSW:
        return convert(static_cast<double>(static_cast<int32_t>(x_)));
      case Opcode::kFcvtSWu:
        return convert(static_cast<double>(x_));
      default:  // kFcvtSD and kFcvtDS, which differ in where they come from
        return kIsSingle ? convert(of_bits<double>(unit_.reg(i_.rs1))) : convert(of_bits<float>(unboxed(i_.rs1)));
    }
  }

 private:
  static constexpr bool kIsSingle = sizeof(Float) == 4;
  static constexpr Bits kSign = Bits{1} << (8 * sizeof(Float) - 1);
  static constexpr Bits kInfinity = ((kSign >> Format<Float>::kFraction) - 1) << Format<Float>::kFraction;

  /// A single precision value that is not boxed is a NaN.
  uint32_t unboxed(unsigned number) const {
    const uint64_t whole = unit_.reg(number);
    return whole >> 32 == 0xFFFFFFFF ? static_cast<uint32_t>(whole) : Format<float>::kNan;
  }
  Bits operand(unsigned number) const { return kIsSingle ? unboxed(number) : static_cast<Bits>(unit_.reg(number)); }
  /// A NaN is compared as 0 instead, since the host would raise a flag; the result is not used.
  static Float number(Bits bits) { return is_nan<Float>(bits) ? Float{0} : of_bits<Float>(bits); }

  void raise(uint32_t flags) { unit_.set_fcsr(unit_.fcsr() | flags); }
  Result set(Bits bits) {
    kIsSingle ? unit_.set_single(i_.rd, static_cast<uint32_t>(bits)) : unit_.set_reg(i_.rd, bits);
    return {};
  }
  Result finish(const Computed<Float>& computed) {
    raise(computed.flags);
    return set(std::isnan(computed.value) ? Format<Float>::kNan : bits_of(computed.value));
  }
  Result arithmetic(Operation operation) { return finish(compute<Float>(rounding_, operation, of_bits<Float>(a_), of_bits<Float>(b_))); }
  template <typename Source>
  Result convert(Source value) {
    return finish(compute<Float>(rounding_, Operation::kConvert, value));
  }
  Result multiply_add(bool negate_product, bool negate_addend) {
    const Bits c = operand(i_.raw >> 27);
    const Float x = of_bits<Float>(negate_product ? a_ ^ kSign : a_);
    const Float z = of_bits<Float>(negate_addend ? c ^ kSign : c);
    Computed<Float> computed = compute<Float>(rounding_, Operation::kFused, x, of_bits<Float>(b_), z);
    // Whether this is invalid also beside a quiet NaN is left open by IEEE 754; RISC-V says yes.
    const Bits size_a = a_ & ~kSign, size_b = b_ & ~kSign;
    if ((size_a == kInfinity && size_b == 0) || (size_a == 0 && size_b == kInfinity)) computed.flags |= kInvalid;
    return finish(computed);
  }
  Result to_x(int64_t lowest, int64_t highest) {
    const double value = is_nan<Float>(a_) ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(of_bits<Float>(a_));
    const Integer converted = to_integer(value, rounding_, lowest, highest);
    raise(converted.flags);
    return {converted.value};
  }
  Result compare(bool quiet, bool holds) {
    const bool unordered = is_nan<Float>(a_) || is_nan<Float>(b_);
    if (quiet ? is_signalling<Float>(a_) || is_signalling<Float>(b_) : unordered) raise(kInvalid);
    return {!unordered && holds ? 1u : 0u};
  }
  Result choose(bool greater) {
    if (is_signalling<Float>(a_) || is_signalling<Float>(b_)) raise(kInvalid);
    return set(lesser<Float>(a_, b_, greater));
  }

  FloatUnit& unit_;
  const Instruction& i_;
  uint32_t x_;
  Bits a_, b_;
  Rounding rounding_;
};

template <typename Float>
std::optional<FloatUnit::Result> execute_as(FloatUnit& unit, const Instruction& instruction, Opcode single, uint32_t x_rs1) {
  Execution<Float> execution(unit, instruction, x_rs1);
  if (single >= Opcode::kFsgnjS) return execution.exact(single);
  return execution.rounded(single);
}

}  // namespace

std::optional<FloatUnit::Result> FloatUnit::execute(const Instruction& instruction, uint32_t x_rs1) {
  const Opcode opcode = instruction.opcode;
  const bool moves_bits = opcode == Opcode::kFmvXW || opcode == Opcode::kFmvWX;
  const bool is_double = !moves_bits && ((static_cast<uint32_t>(opcode) - static_cast<uint32_t>(Opcode::kFmaddS)) & 1) != 0;
  if (!is_double) return execute_as<float>(*this, instruction, opcode, x_rs1);
  return execute_as<double>(*this, instruction, static_cast<Opcode>(static_cast<uint32_t>(opcode) - 1), x_rs1);
}

}  // namespace saksi::hw
