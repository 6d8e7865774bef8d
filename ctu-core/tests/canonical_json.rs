//! What canonical JSON looks like, reads back as, and refuses.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use ctu_core::{ErrorKind, write_json};
use serde::de::DeserializeOwned;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};
use serde_json::json;
use support::{Rng, Value};

fn text_of<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = "prefix ".to_owned();
    write_json(&mut out, value).unwrap();
    out.strip_prefix("prefix ").unwrap().to_owned()
}

/// That the value is refused, discreetly and without a trace, for the reason that holds `why`.
#[track_caller]
fn refused<T: Serialize + ?Sized>(value: &T, why: &str) {
    let mut out = "prefix ".to_owned();
    let error = write_json(&mut out, value).unwrap_err();
    assert_eq!(out, "prefix ");
    assert_eq!(error.kind(), ErrorKind::Codec);
    assert!(error.to_string().contains(why), "{error}");
    assert!(!format!("{error:?}").contains("secret"));
    assert!(std::error::Error::source(&error).is_none());
}

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveSerialize, Deserialize)]
enum Color {
    Red,
    Blue,
}

#[derive(Debug, PartialEq, DeriveSerialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, DeriveSerialize, Deserialize)]
struct Wrapper<T>(T);

#[derive(Debug, PartialEq, DeriveSerialize, Deserialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(i8, i8),
    Rect { width: u128, height: i128 },
}

#[derive(Debug, PartialEq, DeriveSerialize, Deserialize)]
struct Everything {
    z: Vec<Shape>,
    color: Color,
    unit: Unit,
    pair: (char, bool),
    a: Wrapper<Option<u8>>,
    none: Option<Wrapper<String>>,
    small: f32,
    by_number: BTreeMap<i64, Color>,
    by_color: HashMap<Color, [u8; 2]>,
}

#[test]
fn structs_and_enums_look_as_serde_json_writes_them_with_their_fields_sorted() {
    let value = Everything {
        z: vec![
            Shape::Dot,
            Shape::Circle(1.0),
            Shape::Line(-1, 2),
            Shape::Rect { width: u128::MAX, height: i128::MIN },
        ],
        color: Color::Blue,
        unit: Unit,
        pair: ('é', true),
        a: Wrapper(Some(7)),
        none: None,
        small: 0.1,
        by_number: BTreeMap::from([(-10, Color::Red), (-9, Color::Red), (9, Color::Blue), (10, Color::Red)]),
        by_color: HashMap::from([(Color::Red, [1, 2]), (Color::Blue, [3, 4])]),
    };
    let text = text_of(&value);
    assert_eq!(
        text,
        concat!(
            r#"{"a":7,"by_color":{"Blue":[3,4],"Red":[1,2]},"by_number":{"-10":"Red","-9":"Red","9":"Blue","10":"Red"},"#,
            r#""color":"Blue","none":null,"pair":["\u00e9",true],"small":0.1,"unit":null,"#,
            r#""z":["Dot",{"Circle":1.0},{"Line":[-1,2]},{"Rect":{"height":-170141183460469231731687303715884105728,"#,
            r#""width":340282366920938463463374607431768211455}}]}"#
        )
    );
    assert_eq!(serde_json::from_str::<Everything>(&text).unwrap(), value);
}

#[test]
fn law1_exact_every_text_reads_back_as_the_value() {
    #[track_caller]
    fn back<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
        assert_eq!(serde_json::from_str::<T>(&text_of(value)).unwrap(), *value);
    }
    let mut rng = Rng(11);
    for _ in 0..5_000 {
        let wide = u128::from(rng.next()) << 64 | u128::from(rng.next());
        back(&(wide, wide.cast_signed(), rng.next(), rng.next().cast_signed()));
        back(&(rng.text(), rng.text().chars().next(), rng.bytes(3)));
        back(&(0..4).map(|_| (rng.text(), rng.next().is_multiple_of(3))).collect::<HashMap<String, bool>>());
        back(
            &(0..4).map(|_| (rng.next().cast_signed() >> rng.below(64), rng.text())).collect::<HashMap<i64, String>>(),
        );
        let float = rng.float();
        assert_eq!(serde_json::from_str::<f64>(&text_of(&float)).unwrap().to_bits(), float.to_bits());
        let single = f32::from_bits((rng.next() >> 32) as u32);
        if single.is_finite() {
            assert_eq!(serde_json::from_str::<f32>(&text_of(&single)).unwrap().to_bits(), single.to_bits());
        }
    }
}

#[test]
fn the_text_does_not_depend_on_the_order_of_entries_and_is_canonical_already() {
    let mut rng = Rng(12);
    for i in 0..3_000 {
        let value = Value::random(&mut rng, i % 6);
        let text = text_of(&value);
        assert!(text.is_ascii());
        assert_eq!(text_of(&reversed(value)), text);
        let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text_of(&tree)).unwrap(), tree);
    }
}

fn reversed(value: Value) -> Value {
    match value {
        Value::List(list) => Value::List(list.into_iter().map(reversed).collect()),
        Value::Map(map) => Value::Map(map.into_iter().rev().map(|(key, value)| (key, reversed(value))).collect()),
        scalar => scalar,
    }
}

/// A map of exactly these entries.
struct Entries<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Entries<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[test]
fn law1_exact_what_has_no_json_form_is_refused() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(&("secret", float), "NaN");
        #[allow(clippy::cast_possible_truncation)]
        refused(&[Some(float as f32)], "NaN");
        refused(&Entries(vec![(float, 1)]), "NaN");
    }
}

#[test]
fn law1_exact_a_some_that_reads_back_as_none_is_refused() {
    refused(&("secret", Some(None::<u8>)), "`None`");
    refused(&Some(()), "`None`");
    refused(&[Some(Unit)], "`None`");
    refused(&Some(Wrapper(None::<u8>)), "`None`");
    refused(&json!({"a": 1}).get("b").map_or(Some(json!(null)), |_| None), "`None`");
    assert_eq!(text_of(&(None::<u8>, Some(Some(1)), Some("null"), Some([None::<u8>]))), r#"[null,1,"null",[null]]"#);
}

#[test]
fn law1_exact_keys_that_are_one_in_json_are_refused() {
    refused(&Entries(vec![("secret", 1), ("secret", 2)]), "same key");
    refused(&Entries(vec![("b", 1), ("a", 2), ("c", 3), ("b", 4)]), "same key");
    refused(&Entries(vec![(Ok::<u8, &str>(1), 1)]), "key");
    refused(&Entries(vec![(0.0, 1), (-0.0, 2)]), "same key");
    refused(&Entries(vec![(None, 1), (Some("null"), 2)]), "null");
    refused(&Entries(vec![((), 1)]), "null");
    refused(&Entries(vec![(Unit, 1)]), "null");
    refused(&Entries(vec![([1, 2], 1)]), "pairs");
    refused(&Entries(vec![(Shape::Circle(1.0), 1)]), "pairs");
    refused(&Entries(vec![(Value::Text("1".into()), 1), (Value::Int("1".into()), 2)]), "one type");
    assert_eq!(text_of(&Entries(vec![(Some(Wrapper('b')), 1), (Some(Wrapper('a')), 2)])), r#"{"a":2,"b":1}"#);
}

#[test]
fn law1_exact_what_is_too_deep_to_be_read_back_is_refused() {
    fn nested(depth: usize) -> Value {
        (0..depth).fold(Value::Null, |inner, i| match i % 2 {
            0 => Value::List(vec![inner]),
            _ => Value::Map(vec![(Value::Text("a".into()), inner)]),
        })
    }
    let deepest = text_of(&nested(127));
    assert!(serde_json::from_str::<serde_json::Value>(&deepest).is_ok());
    assert!(serde_json::from_str::<serde_json::Value>(&format!("[{deepest}]")).is_err());
    refused(&nested(128), "127");
    refused(&nested(3_000), "127");
    // Siblings don't add up.
    assert_eq!(text_of(&vec![nested(126); 3]).len(), (text_of(&nested(126)).len() + 1) * 3 + 1);
}

/// Contains itself, by way of one method of the serializer or another.
struct Endless(u8);

impl Serialize for Endless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_some(self),
            1 => serializer.serialize_newtype_struct("Endless", self),
            2 => serializer.serialize_newtype_variant("Endless", 0, "V", self),
            3 => serializer.collect_seq([self]),
            _ => serializer.collect_map([(1, self)]),
        }
    }
}

#[test]
fn law6_bounded_an_endless_value_is_refused() {
    for way in 0..5 {
        refused(&Endless(way), "127");
    }
    refused(&Entries(vec![(Endless(0), 1)]), "127");
    refused(&Entries(vec![(Endless(1), 1)]), "127");
}

/// Fails, or does what no serializer should be asked for.
enum Broken {
    Custom,
    Display,
    DropsErrors,
    ValueWithoutKey,
    KeyWithoutValue,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("]}\"secret")?;
        Err(fmt::Error)
    }
}

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Custom => Err(S::Error::custom("secret")),
            Self::Display => serializer.collect_str(self),
            Self::DropsErrors => {
                let mut seq = serializer.serialize_seq(None)?;
                let _ = seq.serialize_element(&f64::NAN);
                let _ = seq.serialize_element(&Entries(vec![("b", Self::Display), ("a", Self::Display)]));
                seq.end()
            }
            Self::ValueWithoutKey => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_value(&1)?;
                map.end()
            }
            Self::KeyWithoutValue => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_key(&1)?;
                map.end()
            }
        }
    }
}

/// A map that goes on, whatever becomes of its entries.
struct Stubborn;

impl Serialize for Stubborn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let _ = map.serialize_entry("c", &Broken::Display);
        let _ = map.serialize_entry(&Broken::Display, &1);
        let _ = map.serialize_entry("b", &1);
        let _ = map.serialize_entry("a", &Broken::Display);
        map.end()
    }
}

#[test]
fn law7_silent_a_serialize_that_fails_is_refused_without_its_message() {
    for broken in
        [Broken::Custom, Broken::Display, Broken::DropsErrors, Broken::ValueWithoutKey, Broken::KeyWithoutValue]
    {
        refused(&broken, "Serialize");
        refused(&Entries(vec![("b", &broken), ("a", &broken)]), "Serialize");
    }
    refused(&Entries(vec![(Broken::Custom, 1)]), "Serialize");
    refused(&Stubborn, "Serialize");
}

#[test]
fn what_is_displayed_is_escaped_as_any_text() {
    let address: std::net::IpAddr = "::1".parse().unwrap();
    assert_eq!(text_of(&address), r#""::1""#);
    assert_eq!(text_of(&HashMap::from([(address, format_args!("\u{7f}\"").to_string())])), r#"{"::1":"\u007f\""}"#);
}
