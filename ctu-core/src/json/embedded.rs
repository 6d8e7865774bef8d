//! JSON texts within values: what `serde_json`'s `RawValue` and, with its feature `arbitrary_precision`, `Number` hold.
//!
//! Another crate may have turned these features on, so they are known by the names by which `serde_json` itself knows
//! them. Their texts are rewritten canonically, as Python's `json.dumps(json.loads(text))` would.

use serde_core::de::IgnoredAny;
use serde_core::ser::Serialize;

use super::float::push_float;
use super::refusal::Refusal;
use super::text::push_text;
use super::writer::JsonWriter;

/// Which of `serde_json`'s structs it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedded {
    Number,
    Raw,
}

impl Embedded {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "$serde_json::private::Number" => Some(Self::Number),
            "$serde_json::private::RawValue" => Some(Self::Raw),
            _ => None,
        }
    }
}

/// Appends the JSON that `field`, the only field of such a struct, is the text of.
pub(super) fn push_embedded<T: Serialize + ?Sized>(
    writer: &mut JsonWriter<'_>,
    what: Embedded,
    field: &T,
) -> Result<(), Refusal> {
    let start = writer.out.len();
    writer.part(field)?;
    let quoted = writer.out.split_off(start);
    let text: String = serde_json::from_str(&quoted).map_err(|_| Refusal::Embedded)?;
    // Checked here as a whole, so that the reader below meets nothing but JSON.
    serde_json::from_str::<IgnoredAny>(&text).map_err(|_| Refusal::Embedded)?;
    let mut reader = Reader { rest: &text };
    reader.skip_space();
    if what == Embedded::Number && !reader.rest.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        return Err(Refusal::Embedded);
    }
    reader.value(writer)
}

/// Reads a text that is known to be JSON.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn value(&mut self, writer: &mut JsonWriter<'_>) -> Result<(), Refusal> {
        self.skip_space();
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(writer),
            Some(b'[') => self.array(writer),
            Some(b'"') => {
                push_text(writer.out, &self.text()?);
                Ok(())
            }
            Some(b't' | b'f' | b'n') => {
                writer.out.push_str(self.take(|byte| byte.is_ascii_lowercase()));
                Ok(())
            }
            _ => {
                let number = self.take(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
                push_number(writer.out, number)
            }
        }
    }

    fn array(&mut self, writer: &mut JsonWriter<'_>) -> Result<(), Refusal> {
        let depth = writer.depth;
        writer.open(1)?;
        writer.out.push('[');
        self.skip(1);
        while !self.at(b']') {
            if self.at(b',') {
                writer.out.push(',');
                self.skip(1);
            }
            self.value(writer)?;
        }
        self.skip(1);
        writer.out.push(']');
        writer.depth = depth;
        Ok(())
    }

    fn object(&mut self, writer: &mut JsonWriter<'_>) -> Result<(), Refusal> {
        let mut object = writer.object(1, "}")?;
        self.skip(1);
        while !self.at(b'}') {
            if self.at(b',') {
                self.skip(1);
                self.skip_space();
            }
            let key = self.text()?;
            self.skip_space();
            self.skip(1); // the colon
            object.entry(&key, |writer| self.value(writer))?;
        }
        self.skip(1);
        object.finish()
    }

    /// The text of the string that begins here.
    fn text(&mut self) -> Result<String, Refusal> {
        let bytes = self.rest.as_bytes();
        let mut end = 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let (quoted, rest) = self.rest.split_at_checked(end + 1).ok_or(Refusal::Embedded)?;
        self.rest = rest;
        // Fails for an escaped half of a surrogate pair, which Rust has no text for.
        serde_json::from_str(quoted).map_err(|_| Refusal::Embedded)
    }

    fn take(&mut self, belongs: impl Fn(u8) -> bool) -> &'t str {
        let end = self.rest.bytes().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Whether this byte is next, after any space. At the end of the text every byte is, so that no loop goes on.
    fn at(&mut self, byte: u8) -> bool {
        self.skip_space();
        self.rest.as_bytes().first().is_none_or(|next| *next == byte)
    }

    fn skip(&mut self, ascii: usize) {
        self.rest = self.rest.get(ascii..).unwrap_or_default();
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }
}

/// Appends a JSON number: an integer as its digits, and else as the float that it is read as.
fn push_number(out: &mut String, number: &str) -> Result<(), Refusal> {
    if number.contains(['.', 'e', 'E']) {
        let float: f64 = number.parse().map_err(|_| Refusal::Embedded)?;
        if !float.is_finite() {
            return Err(Refusal::NotFinite);
        }
        return push_float(out, &float);
    }
    out.push_str(if number == "-0" { "0" } else { number });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_core::ser::{SerializeStruct as _, Serializer};

    use super::*;

    struct Text(&'static str, &'static str);

    impl Serialize for Text {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut s = serializer.serialize_struct(self.0, 1)?;
            s.serialize_field(self.0, self.1)?;
            s.end()
        }
    }

    fn rewritten(name: &'static str, text: &'static str) -> Result<String, Refusal> {
        let mut out = String::new();
        JsonWriter::write(&mut out, &Text(name, text)).map(|()| out)
    }

    #[test]
    fn a_raw_value_is_rewritten_canonically() {
        let raw = |text| rewritten("$serde_json::private::RawValue", text);
        assert_eq!(
            raw(
                " { \"b\" : [ 1 , 1.50, \"\u{e9}\\/\\ud83d\\ude00\" , { } , [ ] ] ,\n\"a\":null , \"\":[true,false] } "
            ),
            Ok(r#"{"":[true,false],"a":null,"b":[1,1.5,"\u00e9/\ud83d\ude00",{},[]]}"#.to_owned())
        );
        assert_eq!(raw("-0"), Ok("0".to_owned()));
        assert_eq!(
            raw("1234567890123456789012345678901234567890123"),
            Ok("1234567890123456789012345678901234567890123".to_owned())
        );
        assert_eq!(raw("1E400"), Err(Refusal::NotFinite));
        assert_eq!(raw(r#"{"a":1,"\u0061":1}"#), Err(Refusal::DuplicateKey));
        for broken in ["", "[", "[1", "{\"a\"", "\"", "1,2", "nul", "[1 2]", "\"\\ud800\"", "é"] {
            assert_eq!(raw(broken), Err(Refusal::Embedded), "{broken}");
        }
    }

    #[test]
    fn a_number_of_any_precision_keeps_its_digits_or_is_pythons_float() {
        let number = |text| rewritten("$serde_json::private::Number", text);
        for (text, python) in [
            ("340282366920938463463374607431768211456", "340282366920938463463374607431768211456"),
            ("-7", "-7"),
            ("1e5", "100000.0"),
            ("1E+2", "100.0"),
            ("0.10000000000000000001", "0.1"),
            ("-0.0", "-0.0"),
        ] {
            assert_eq!(number(text).as_deref(), Ok(python));
        }
        for broken in ["", "NaN", "\"1\"", "[1]", "1 2", "--1", "01", ".5"] {
            assert_eq!(number(broken), Err(Refusal::Embedded), "{broken}");
        }
    }
}
