//! The classes of error codes: what the languages have an exception for.

use super::ErrorCode;

macro_rules! error_classes {
    ($($(#[doc = $doc:literal])* $variant:ident;)*) => {
        /// What a caller does about an error, coarser than its code. Each language has an error type for each class, and its
        /// base type for [`ErrorClass::Other`] (docs/contract.md#errors).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorClass { $($(#[doc = $doc])* $variant,)* }

        impl ErrorClass {
            /// Every class.
            pub const ALL: &'static [ErrorClass] = &[$(ErrorClass::$variant,)*];

            /// The name, which the languages' types begin with, such as `NotFound`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorClass::$variant => stringify!($variant),)* }
            }

            /// What its errors say, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(ErrorClass::$variant => concat!($($doc),*).trim_ascii(),)* }
            }
        }
    };
}

error_classes! {
    /// The API key is missing or unknown.
    Authentication;
    /// No such endpoint, message, key or export.
    NotFound;
    /// The request or a setting is wrong.
    Validation;
    /// Too much at once.
    RateLimit;
    /// The idempotency key was used with another payload.
    Idempotency;
    /// The message was replayed as often as is allowed.
    ReplayLimit;
    /// A server could not be reached, or broke off.
    Network;
    /// A server did not answer in time.
    Timeout;
    /// Anything else: the code says what.
    Other;
}

impl ErrorClass {
    /// The codes of the class.
    pub fn codes(self) -> impl Iterator<Item = ErrorCode> {
        ErrorCode::ALL.iter().copied().filter(move |code| code.class() == self)
    }
}
