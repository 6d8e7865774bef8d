//! A call's arguments as one key.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde_core::ser::{Serialize, SerializeTuple, Serializer};

use super::CacheKey;

/// A call's arguments, borrowed, as one key: `Args((&a, &b))`, for up to twelve arguments.
///
/// As a [`CacheKey`] it is looked up without copying an argument, in a store that owns the tuple of their owned forms.
/// As a `Serialize` it is a sequence, also for none or one argument. `Debug` shows how many there are and nothing of
/// what they are.
///
/// # Examples
///
/// ```
/// use ctu_core::{Args, CacheKey};
///
/// let (name, n) = ("aa", 3_u64);
/// let owned: (String, u64) = Args((name, &n)).to_key();
/// assert!(Args((name, &n)).is(&owned));
/// assert_eq!(serde_json::to_string(&Args((name, &n))).unwrap(), r#"["aa",3]"#);
/// ```
#[derive(PartialEq, Eq)] // not Clone: that would make it `ToOwned`, and so a key of another kind
pub struct Args<T>(pub T);

macro_rules! args {
    ($($count:literal: $($T:ident $i:tt),*;)*) => {$(
        impl<$($T: ?Sized + Hash),*> Hash for Args<($(&$T,)*)> {
            #[inline]
            fn hash<State: Hasher>(&self, state: &mut State) {
                $(self.0.$i.hash(state);)*
            }
        }

        impl<$($T),*> CacheKey for Args<($(&$T,)*)>
        where
            $($T: ?Sized + ToOwned + Hash + Eq, $T::Owned: Hash + Eq,)*
        {
            type Owned = ($($T::Owned,)*);

            #[inline]
            fn is(&self, owned: &Self::Owned) -> bool {
                $(if <$T::Owned as Borrow<$T>>::borrow(&owned.$i) != self.0.$i {
                    return false;
                })*
                true
            }

            #[inline]
            fn to_key(&self) -> Self::Owned {
                ($(self.0.$i.to_owned(),)*)
            }
        }

        impl<$($T: ?Sized + Serialize),*> Serialize for Args<($(&$T,)*)> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut tuple = serializer.serialize_tuple($count)?;
                $(tuple.serialize_element(self.0.$i)?;)*
                tuple.end()
            }
        }

        impl<$($T: ?Sized),*> fmt::Debug for Args<($(&$T,)*)> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("Args(", $count, " arguments)"))
            }
        }
    )*};
}

impl Hash for Args<()> {
    #[inline]
    fn hash<State: Hasher>(&self, _: &mut State) {}
}

impl CacheKey for Args<()> {
    type Owned = ();

    #[inline]
    fn is(&self, (): &()) -> bool {
        true
    }

    #[inline]
    fn to_key(&self) {}
}

impl Serialize for Args<()> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_tuple(0)?.end()
    }
}

impl fmt::Debug for Args<()> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Args(0 arguments)")
    }
}

args! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    #[test]
    fn law8_free_borrowed_arguments_hash_and_compare_as_their_owned_form() {
        let hasher = RandomState::new();
        let owned = ("aa".to_owned(), 3_u64, vec![1_u8, 2], Some('x'));
        let borrowed = Args(("aa", &3_u64, &[1_u8, 2][..], &Some('x')));
        assert_eq!(hasher.hash_one(&borrowed), hasher.hash_one(&owned));
        assert!(borrowed.is(&owned));
        assert_eq!(borrowed.to_key(), owned);
        assert!(!Args(("aa", &4_u64, &[1_u8, 2][..], &Some('x'))).is(&owned));
        assert_eq!(hasher.hash_one(Args((&7_u64,))), hasher.hash_one(7_u64));
    }

    #[test]
    fn law7_silent_debug_shows_no_argument() {
        assert_eq!(format!("{:?}", Args(("secret", &7))), "Args(2 arguments)");
    }
}
