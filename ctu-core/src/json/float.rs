//! Floats as Python's `repr` writes them.

use serde_core::ser::Serialize;

use super::refusal::Refusal;
use super::text::{push_digits, push_u64};

/// Appends a finite `f32` or `f64` by the fewest digits that read back as the same, laid out as Python does.
///
/// That is with an exponent (of two digits or more, signed) below 1e-4 and from 1e16 on, and else with a point.
///
/// The digits are `serde_json`'s. Those of `std` won't do: where two texts of the fewest digits are equally near, `std`
/// takes the greater and Python, as `serde_json`, the one whose last digit is even.
pub(super) fn push_float(out: &mut String, value: &impl Serialize) -> Result<(), Refusal> {
    let mut buffer = [0; 40]; // the longest is `-2.2250738585072014e-308`
    let mut rest = &mut buffer[..];
    serde_json::to_writer(&mut rest, value).map_err(|_| Refusal::Custom)?;
    let len = 40 - rest.len();
    let text = buffer[..len].strip_prefix(b"-").unwrap_or(&buffer[..len]);
    if text.len() < len {
        out.push('-');
    }
    let (mantissa, e) = text.split_at(text.iter().position(|&byte| byte == b'e').unwrap_or(text.len()));
    let magnitude = e.iter().filter(|byte| byte.is_ascii_digit()).fold(0, |e, byte| e * 10 + i32::from(byte - b'0'));
    let mut exponent = if e.contains(&b'-') { -magnitude } else { magnitude };

    let (mut digits, mut count, mut after_point) = ([b'0'; 40], 0, false);
    for &byte in mantissa {
        match byte {
            b'.' => after_point = true,
            // A zero before the first digit only moves it, to the right if it is after the point.
            b'0' if count == 0 => exponent -= i32::from(after_point),
            _ => {
                digits[count] = byte;
                exponent += i32::from(!after_point && count > 0);
                count += 1;
            }
        }
    }
    if count == 0 {
        out.push_str("0.0");
        return Ok(());
    }
    exponent -= i32::from(mantissa.starts_with(b"0."));
    let significant = &digits[..=digits[..count].iter().rposition(|&digit| digit != b'0').unwrap_or(0)];
    lay_out(out, significant, exponent.unsigned_abs() as usize, exponent < 0);
    Ok(())
}

/// `digits[0]`.`digits[1..]` times 10 to the `exponent`, or to minus that if it is `below_one`.
fn lay_out(out: &mut String, digits: &[u8], exponent: usize, below_one: bool) {
    let zeros = |out: &mut String, count| out.extend(std::iter::repeat_n('0', count));
    if below_one && exponent <= 4 {
        out.push_str("0.");
        zeros(out, exponent - 1);
        push_digits(out, digits);
    } else if !below_one && exponent < 16 {
        let (whole, fraction) = digits.split_at(digits.len().min(exponent + 1));
        push_digits(out, whole);
        zeros(out, exponent + 1 - whole.len());
        out.push('.');
        push_digits(out, if fraction.is_empty() { b"0" } else { fraction });
    } else {
        push_digits(out, &digits[..1]);
        if digits.len() > 1 {
            out.push('.');
            push_digits(out, &digits[1..]);
        }
        out.push('e');
        out.push(if below_one { '-' } else { '+' });
        zeros(out, usize::from(exponent < 10));
        push_u64(out, exponent as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: impl Serialize) -> String {
        let mut out = String::new();
        push_float(&mut out, &value).unwrap();
        out
    }

    #[test]
    fn floats_are_laid_out_as_python_does() {
        // Each is the output of Python's `repr`.
        for python in [
            "0.0",
            "-0.0",
            "1.0",
            "-1.5",
            "0.1",
            "0.0001",
            "1e-05",
            "0.00012345",
            "1.2345e-05",
            "1e-07",
            "123456.789",
            "1000000000000000.0",
            "1234567890123456.0",
            "9999999999999998.0",
            "1e+16",
            "1.2345678901234568e+16",
            "1e+22",
            "1e+100",
            "5e-324",
            "2.2250738585072014e-308",
            "1.7976931348623157e+308",
            "-1.7976931348623157e+308",
            "5.684341886080802e-14",
            "9007199254740992.0",
            "0.30000000000000004",
            "2082760329212.6562",
        ] {
            assert_eq!(text(python.parse::<f64>().unwrap()), python);
        }
    }

    #[test]
    fn an_f32_has_the_digits_it_needs_and_no_more() {
        assert_eq!(text(0.1_f32), "0.1");
        assert_eq!(text(16_777_216_f32), "16777216.0");
        assert_eq!(text(f32::MAX), "3.4028235e+38");
        assert_eq!(text(f32::MIN_POSITIVE), "1.1754944e-38");
    }
}
