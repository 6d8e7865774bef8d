//! Durations as people write them: `"90s"`, `"10m"`, `"1h30m"`, `"250ms"`.

use std::time::Duration;

const UNITS: [(&str, u64); 6] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

pub(crate) const FORM: &str = "a duration is written as numbers with units, such as \"90s\", \"10m\", \"1h30m\" or \"250ms\" (units: \
                    ms, s, m, h, d, w)";

/// Why a text is no positive duration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    Form,
    TooLong,
    Zero,
}

impl Fault {
    pub(crate) fn of_a_ttl(self) -> &'static str {
        match self {
            Self::Form => FORM,
            Self::TooLong => "this duration is too long: leave `ttl` out for entries that do not expire",
            Self::Zero => "a ttl of zero would store nothing: leave `#[cached]` out, or give a longer ttl",
        }
    }

    /// Of any other duration.
    pub(crate) fn of_a_wait(self) -> &'static str {
        match self {
            Self::Form => FORM,
            Self::TooLong => "this duration is too long: give a shorter one",
            Self::Zero => "a duration of zero does nothing here: leave the argument out, or give a longer one",
        }
    }
}

/// Reads a positive duration.
pub(crate) fn parse(text: &str) -> Result<Duration, Fault> {
    let mut rest = text.trim();
    let mut millis = 0_u64;
    if rest.is_empty() {
        return Err(Fault::Form);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else { return Err(Fault::Form) };
        let number: u64 = number.parse().map_err(|_| Fault::Form)?;
        millis = number.checked_mul(*factor).and_then(|part| millis.checked_add(part)).ok_or(Fault::TooLong)?;
        rest = tail.trim_start();
    }
    if millis == 0 {
        return Err(Fault::Zero);
    }
    Ok(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(parse("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(parse("1h30m"), Ok(Duration::from_secs(5_400)));
        assert_eq!(parse("1d 250ms"), Ok(Duration::from_millis(86_400_250)));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "10", "m", "10x", "-1s", "1.5h", "0s", "99999999999999w", "1h 30"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
