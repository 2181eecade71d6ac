//! The pages that `explain CODE` prints.

use super::Code;

macro_rules! pages {
    ($($number:literal $code:ident)*) => {
        /// Returns the page of a code in Markdown: its cause, a broken example, the mended one.
        ///
        /// `None` for a code that has no page.
        #[must_use]
        pub const fn explain(code: Code) -> Option<&'static str> {
            match code {
                $(Code::$code => {
                    Some(include_str!(concat!("../../explain/SM", $number, ".md")))
                })*
                _ => None,
            }
        }
    };
}

pages! {
    "0101" NotUtf8
    "0102" FileName
    "0103" DuplicateVersion
    "0104" OrphanDowngrade
    "0105" NoDowngrade
    "0106" EmptyDowngrade
    "0107" EmptyFolder
    "0108" VersionRange
    "0109" Unreadable
    "0110" SeedName
    "0111" MixedLayouts
    "0112" Metadata
    "0209" UnknownDirective
    "0210" MissingReason
    "0211" UnusedAllow
    "0301" LockedEdited
    "0302" LockedRemoved
    "0303" BeforeLocked
    "0304" LockSyntax
    "0305" LockedWithoutDowngrade
    "0306" UnusedAcceptance
    "0501" SeedNotRepeatable
}
