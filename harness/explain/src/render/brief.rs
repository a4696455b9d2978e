//! An explanation in three lines.

use std::fmt::Write as _;

use authlab_kernel::journal::{TEXT_BYTES_MAX, cut_at};
use authlab_kernel::printable::one_line;

use crate::chain::Chain;

/// What caused the refusal of a request, and what mends it; nothing where that is not known.
pub fn brief(chain: &Chain) -> String {
    let mut text = String::new();
    if let Some(diagnosis) = &chain.diagnosis {
        let lines = [
            ("", diagnosis.title),
            ("cause: ", &diagnosis.cause),
            ("fix:   ", &diagnosis.fix),
        ];
        for (name, told) in lines {
            // Writing to a String cannot fail.
            let _written = writeln!(
                text,
                "    {name}{}",
                one_line(&cut_at(told, TEXT_BYTES_MAX))
            );
        }
    }
    text
}
