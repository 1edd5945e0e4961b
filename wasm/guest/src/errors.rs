/// A module's errors, in the words of its WIT: `Error`, `Result`, and a function that makes each.
///
/// Texts are read by people: they start in lower case and have no full stop.
#[macro_export]
macro_rules! errors {
    ($error:path) => {
        pub use $error;

        /// What functions of this module return.
        pub type Result<T> = std::result::Result<T, Error>;

        /// The input is cut, corrupt or of another type.
        pub fn malformed(text: impl Into<String>) -> Error {
            Error::Malformed(text.into())
        }

        /// The input is sound, but uses a feature that is not here.
        pub fn unsupported(text: impl Into<String>) -> Error {
            Error::Unsupported(text.into())
        }

        /// An argument is out of its range, or does not fit the input.
        pub fn invalid(text: impl Into<String>) -> Error {
            Error::InvalidArgument(text.into())
        }

        /// The work would need more than is allowed.
        pub fn too_much(text: impl Into<String>) -> Error {
            Error::LimitExceeded(text.into())
        }
    };
}
