//! The word catalogue: a method for each sentence, in the reader's language.
//!
//! The methods are written by the build from `words/id/*.toml` and `words/en/*.toml`; see `build/words.rs` for the
//! rules of names, parameters and plurals. A sentence that one language lacks does not compile.

use crate::lang::Lang;

/// All sentences in one language. Copy it wherever words are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    lang: Lang,
}

impl Words {
    /// The catalogue of a language.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// The language spoken.
    #[must_use]
    pub const fn lang(self) -> Lang {
        self.lang
    }
}

/// A number of things, in any of the types in which things are counted; templates pass references.
pub trait Count {
    /// The number.
    fn whole(self) -> u64;
}

macro_rules! count {
    ($($kind:ty),*) => {
        $(
            impl Count for $kind {
                fn whole(self) -> u64 {
                    u64::from(self)
                }
            }
            impl Count for &$kind {
                fn whole(self) -> u64 {
                    u64::from(*self)
                }
            }
        )*
    };
}

count!(u8, u16, u32, u64);

impl Count for usize {
    fn whole(self) -> u64 {
        u64::try_from(self).unwrap_or(u64::MAX)
    }
}

impl Count for &usize {
    fn whole(self) -> u64 {
        (*self).whole()
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));
