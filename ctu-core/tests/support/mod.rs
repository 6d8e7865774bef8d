//! Values of every shape, from a seed.

#![allow(dead_code, unreachable_pub, clippy::cast_precision_loss)] // each test uses its part

pub mod python;

use serde::Deserialize;
use serde::ser::{Serialize, Serializer};

/// Splitmix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// Mostly short, mostly ASCII, and all of Unicode now and then.
    pub fn text(&mut self) -> String {
        let limit = if self.below(8) == 0 { 60 } else { 6 };
        let len = self.below(limit);
        (0..len).map(|_| self.char()).collect()
    }

    fn char(&mut self) -> char {
        let code = match self.below(8) {
            0 => self.below(0x20),
            1 => 0x7f + self.below(0x100),
            2 => self.below(0x1_0000),
            3 => 0x1_0000 + self.below(0x10_0000),
            4 => u64::from(b"\"\\/\x7f"[usize::try_from(self.below(4)).unwrap()]),
            _ => 0x20 + self.below(0x60),
        };
        u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
    }

    /// Every exponent alike, and the odd ones at the edges.
    pub fn float(&mut self) -> f64 {
        let float = match self.below(6) {
            0 => f64::from_bits(self.below(1 << 52)), // subnormal
            // Where two texts may be equally short and equally near.
            3 => (self.below(1 << 53) as f64) / f64::from(1 << self.below(12)),
            1 => {
                let text = match self.below(632) {
                    small @ ..323 => format!("1e-{}", small + 1),
                    large => format!("1e{}", large - 323),
                };
                f64::from_bits(text.parse::<f64>().unwrap().to_bits() + self.below(3) - 1)
            }
            2 => f64::from(u32::try_from(self.below(1 << 32)).unwrap()) / 1000.0,
            _ => f64::from_bits(self.next()),
        };
        if float.is_finite() { float } else { 0.5 }
    }
}

/// A JSON value with Python's types.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub enum Value {
    Null,
    Bool(bool),
    /// Within `i128` or `u128`, in decimal.
    Int(String),
    /// Its bits, in decimal.
    Float(u64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(digits) => serialize_int(digits, serializer),
            Self::Float(bits) => serializer.serialize_f64(f64::from_bits(*bits)),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(map) => serializer.collect_map(map.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// As the narrowest type that holds it.
fn serialize_int<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    macro_rules! narrowest {
        ($($type:ty),*) => {$(
            if let Ok(value) = digits.parse::<$type>() {
                return value.serialize(serializer);
            }
        )*};
    }
    narrowest!(u8, i8, u16, i16, u32, i32, u64, i64, u128, i128);
    panic!("not an integer of 128 bits: {digits}");
}

impl Value {
    /// A random value, no deeper than `depth`, whose maps have distinct texts as keys.
    pub fn random(rng: &mut Rng, depth: u64) -> Self {
        match rng.below(if depth == 0 { 5 } else { 8 }) {
            0 => Self::Null,
            1 => Self::Bool(rng.below(2) == 0),
            2 => {
                let wide = u128::from(rng.next()) << 64 | u128::from(rng.next());
                let value = wide >> rng.below(128);
                let sign = if rng.below(2) == 0 && value < 1 << 127 && value > 0 { "-" } else { "" };
                Self::Int(format!("{sign}{value}"))
            }
            3 => Self::Float(rng.float().to_bits()),
            4 => Self::Text(rng.text()),
            5 => Self::List((0..rng.below(5)).map(|_| Self::random(rng, depth - 1)).collect()),
            _ => {
                let mut map: Vec<(Self, Self)> = Vec::new();
                for _ in 0..rng.below(6) {
                    let key = Self::Text(rng.text());
                    if map.iter().all(|(other, _)| *other != key) {
                        map.push((key, Self::random(rng, depth - 1)));
                    }
                }
                Self::Map(map)
            }
        }
    }
}
