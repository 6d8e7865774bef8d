//! Floats as Python's `repr` writes them.

use std::fmt::{LowerExp, Write as _};

use super::text::push_u64;

/// Where `{:e}` is written: a sign, 17 digits, a point, and an exponent such as `e-324`.
struct Buffer {
    bytes: [u8; 32],
    len: usize,
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Appends a finite `f32` or `f64` by the fewest digits that read back as the same, laid out as Python does.
///
/// That is with an exponent (of two digits or more, signed) below 1e-4 and from 1e16 on, and else with a point.
pub(super) fn push_float(out: &mut String, value: impl LowerExp) {
    let mut buffer = Buffer { bytes: [0; 32], len: 0 };
    // Can't fail: the buffer is longer than any float.
    let _ = write!(buffer, "{value:e}");
    let mut digits = [b'0'; 20];
    let (mut count, mut exponent, mut below_one, mut in_exponent) = (0, 0_usize, false, false);
    for &byte in &buffer.bytes[..buffer.len] {
        match byte {
            b'e' => in_exponent = true,
            b'-' if in_exponent => below_one = true,
            b'-' => out.push('-'),
            b'0'..=b'9' if in_exponent => exponent = exponent * 10 + usize::from(byte - b'0'),
            b'0'..=b'9' => {
                digits[count] = byte;
                count += 1;
            }
            _ => {} // the point
        }
    }
    lay_out(out, &digits[..count], exponent, below_one);
}

/// `digits[0]`.`digits[1..]` times 10 to the `exponent`, or to minus that if it is `below_one`.
fn lay_out(out: &mut String, digits: &[u8], exponent: usize, below_one: bool) {
    let push = |out: &mut String, digits: &[u8]| out.extend(digits.iter().map(|&digit| char::from(digit)));
    let zeros = |out: &mut String, count| out.extend(std::iter::repeat_n('0', count));
    if below_one && exponent <= 4 {
        out.push_str("0.");
        zeros(out, exponent - 1);
        push(out, digits);
    } else if !below_one && exponent < 16 {
        let (whole, fraction) = digits.split_at(digits.len().min(exponent + 1));
        push(out, whole);
        zeros(out, exponent + 1 - whole.len());
        out.push('.');
        push(out, if fraction.is_empty() { b"0" } else { fraction });
    } else {
        push(out, &digits[..1]);
        if digits.len() > 1 {
            out.push('.');
            push(out, &digits[1..]);
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

    fn text(value: impl LowerExp) -> String {
        let mut out = String::new();
        push_float(&mut out, value);
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
