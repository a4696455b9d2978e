//! Answers the cases on standard input, one per line.

use std::io::Read as _;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let explain = std::env::args().any(|argument| argument == "--explain");
    for answer in authlab_policy::case::answer_text(&text, explain) {
        println!("{}", answer.json);
    }
    Ok(())
}
