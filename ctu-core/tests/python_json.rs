//! Texts compared with those of Python itself: `python3` on the path, or what the variable `PYTHON` names.

mod support;

use ctu_core::{Encoding, decode_b85, full_hash_key, json_key, write_json};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use support::{Rng, Value};

/// What `python_json.py` prints for these arguments and input lines, one string a line.
fn python(args: &[&str], lines: &[String]) -> Vec<String> {
    support::python::python(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python_json.py"), args, lines)
}

fn text_of<T: Serialize>(value: &T) -> String {
    let mut out = String::new();
    write_json(&mut out, value).unwrap();
    out
}

/// What `serde_json`'s `RawValue` serializes as.
struct Raw<'t>(&'t str);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const NAME: &str = "$serde_json::private::RawValue";
        let mut raw = serializer.serialize_struct(NAME, 1)?;
        raw.serialize_field(NAME, self.0)?;
        raw.end()
    }
}

#[test]
fn values_of_python_have_the_text_that_python_gives_them() {
    let lines = python(&["values", "1", "12000"], &[]);
    assert_eq!(lines.len(), 12_000);
    for line in &lines {
        let (tagged, canonical) = line.split_once('\t').unwrap();
        let value: Value = serde_json::from_str(tagged).unwrap();
        assert_eq!(text_of(&value), canonical);
    }
}

#[test]
fn texts_of_ours_are_what_python_dumps_after_loading_them() {
    let mut rng = Rng(2);
    let texts: Vec<String> = (0..12_000).map(|i| text_of(&Value::random(&mut rng, i % 6))).collect();
    assert_eq!(python(&["redump"], &texts), texts);
}

#[test]
fn raw_texts_become_what_python_dumps_after_loading_them() {
    let mut rng = Rng(3);
    // Any JSON will do as input: serde_json's is not canonical, with its non-ASCII texts and its floats.
    let raw: Vec<String> =
        (0..4_000).map(|i| serde_json::to_string(&Value::random(&mut rng, i % 6)).unwrap()).collect();
    let texts: Vec<String> = raw.iter().map(|raw| text_of(&Raw(raw))).collect();
    let escaped: Vec<String> = raw.iter().map(|raw| raw.replace('\u{7f}', "\\u007F").replace(',', " , ")).collect();
    assert_eq!(python(&["redump"], &raw), texts);
    for (escaped, python) in escaped.iter().zip(python(&["redump"], &escaped)) {
        assert_eq!(text_of(&Raw(escaped)), python);
    }
}

#[test]
fn keys_and_their_hashes_are_those_of_the_seed() {
    let mut rng = Rng(4);
    let calls: Vec<Vec<Value>> =
        (0..2_000).map(|_| (0..rng.below(5)).map(|_| Value::random(&mut rng, 2)).collect()).collect();
    // Every length around the ends of the hash's blocks.
    let long = (0..300).map(|len| vec![Value::Text("x".repeat(len))]);
    let calls: Vec<Vec<Value>> = calls.into_iter().chain(long).collect();
    let ours: Vec<(String, String)> =
        calls.iter().map(|args| (json_key(args).unwrap(), full_hash_key(args).unwrap())).collect();
    let lines = calls.iter().map(text_of).collect::<Vec<_>>();
    let theirs = python(&["keys"], &lines);
    assert_eq!(theirs, ours.iter().map(|(key, hash)| format!("{key}\t{hash}")).collect::<Vec<_>>());
}

#[test]
fn bytes_are_encoded_as_python_does() {
    let encodings = ["b64", "b64u", "b32", "b32x", "b16", "a85", "b85"].map(|name| name.parse::<Encoding>().unwrap());
    let mut rng = Rng(5);
    let inputs: Vec<Vec<u8>> = (0..2_000)
        .map(|i| {
            let mut bytes = rng.bytes(i % 40);
            if i % 3 == 0 {
                bytes.fill(if i % 2 == 0 { 0 } else { 0xff });
            }
            bytes
        })
        .collect();
    let hex: Vec<String> = inputs.iter().map(|bytes| Encoding::B16.encode(bytes)).collect();
    for (bytes, python) in inputs.iter().zip(python(&["encode"], &hex)) {
        assert_eq!(encodings.map(|encoding| encoding.encode(bytes)).join("\t"), python);
        let b85 = python.rsplit('\t').next().unwrap();
        assert_eq!(decode_b85(b85).as_ref(), Some(bytes));
    }
}

#[test]
fn base_85_of_any_text_is_read_or_refused_as_python_does() {
    let mut rng = Rng(6);
    let mut texts: Vec<String> = (0..1_000).map(|_| rng.text()).collect();
    // Of digits only, so that many are read and some overflow.
    let digits: Vec<char> = Encoding::B85.encode(&rng.bytes(4_000)).chars().collect();
    let mut pick = |limit: usize| usize::try_from(rng.below(limit as u64)).unwrap();
    texts.extend((0..4_000).map(|_| (0..pick(12)).map(|_| digits[pick(digits.len())]).collect()));
    let lines: Vec<String> = texts.iter().map(text_of).collect();
    let theirs = python(&["decode"], &lines);
    let ours = texts.iter().map(|text| match decode_b85(text) {
        Some(bytes) => Encoding::B16.encode(&bytes).to_lowercase(),
        None => "bad".to_owned(),
    });
    assert_eq!(theirs, ours.collect::<Vec<_>>());
    assert!(theirs.iter().filter(|line| *line == "bad").count() > 500, "some are refused");
    assert!(theirs.iter().filter(|line| *line != "bad").count() > 500, "some are read");
}
