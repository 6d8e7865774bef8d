//! The settings at the end of a url: `?namespace=app.&ttl=10m`.
//!
//! No error quotes what it is about: a `?` in a password makes a setting of the rest of it.

use std::time::Duration;

use ctu_core::{Result, Ttl};

use super::wrong;

/// Milliseconds of each unit, those of `#[cached(ttl = "..")]`.
const UNITS: [(&str, u64); 6] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

/// A url's settings, and the url without them.
pub(super) struct Settings {
    pub(super) url: String,
    /// Each once, decoded.
    values: Vec<(&'static str, String)>,
}

impl Settings {
    /// Splits off those that are `known`. Those that the store reads itself are `kept` in the url; others are refused.
    pub(super) fn split(url: &str, known: &[&'static str], kept: &[&'static str]) -> Result<Self> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        if query.contains('#') {
            return Err(wrong("has a `#` among its settings: percent-encode it as %23"));
        }
        let (mut values, mut rest) = (Vec::new(), Vec::new());
        for setting in query.split('&').filter(|setting| !setting.is_empty()) {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            if kept.contains(&name) {
                rest.push(setting);
                continue;
            }
            let Some(&name) = known.iter().find(|known| **known == name) else { return Err(unknown(known, kept)) };
            if values.iter().any(|(other, _)| *other == name) {
                return Err(wrong(&format!("has the setting `{name}` twice")));
            }
            let value = decode(value).ok_or_else(|| {
                wrong(&format!("has a `{name}` that is not percent-encoded UTF-8: write a `%` as %25 in it"))
            })?;
            values.push((name, value));
        }
        let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        Ok(Self { url, values })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(other, _)| *other == name).map(|(_, value)| &**value)
    }

    pub(super) fn duration(&self, name: &str) -> Result<Option<Duration>> {
        let read = |text| {
            duration(text).ok_or_else(|| {
                wrong(&format!("has a `{name}` that is not a duration above zero, such as 250ms, 90s, 10m or 1h30m"))
            })
        };
        self.get(name).map(read).transpose()
    }

    pub(super) fn ttl(&self) -> Result<Option<Ttl>> {
        match self.get("ttl") {
            Some("never") => Ok(Some(Ttl::Never)),
            _ => Ok(self.duration("ttl")?.map(Ttl::After)),
        }
    }
}

#[cold]
fn unknown(known: &[&str], kept: &[&str]) -> ctu_core::Error {
    let names: Vec<String> = known.iter().chain(kept).map(|name| format!("`{name}`")).collect();
    wrong(&format!("has a setting that is none of {} (in a password, percent-encode a `?` as %3F)", names.join(", ")))
}

/// `%` and two hexadecimal digits stand for a byte; all else, the `+` too, for itself.
fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Numbers with units, above zero in sum.
fn duration(text: &str) -> Option<Duration> {
    let (mut rest, mut millis) = (text, 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        millis = number.parse::<u64>().ok()?.checked_mul(*factor)?.checked_add(millis)?;
        rest = tail;
    }
    (millis > 0).then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_split_off_and_what_the_store_reads_itself_stays() {
        let url = "redis+unix:///s?db=1&namespace=a%2Bb+c%C3%A9&pass=x%26y&ttl=never";
        let settings = Settings::split(url, &["namespace", "ttl"], &["db", "pass"]).unwrap();
        assert_eq!(settings.url, "redis+unix:///s?db=1&pass=x%26y");
        assert_eq!(settings.get("namespace"), Some("a+b+cé"));
        assert_eq!(settings.ttl().unwrap(), Some(Ttl::Never));
        assert_eq!(Settings::split("redis://h", &[], &[]).unwrap().url, "redis://h");
    }

    #[test]
    fn durations_are_those_of_the_attribute() {
        for (text, millis) in [("250ms", 250), ("90s", 90_000), ("1h30m", 5_400_000), ("1w1d", 691_200_000)] {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "0s", "10", "m", "10x", "-1s", "1.5h", "1 h", "99999999999999w", "never"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_percent_encoded_is_refused() {
        for text in ["%", "%1", "%zz", "%+1", "a%ff", "%é"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("%25%41").as_deref(), Some("%A"));
    }
}
