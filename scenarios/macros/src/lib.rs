//! The attributes `#[given]`, `#[when]` and `#[then]` of authlab's step library.
//!
//! Each does two things: it applies cucumber's attribute of the same name, which compiles the
//! Cucumber expression and parses the arguments, and it registers what cucumber throws away (the
//! expression's text, the function, its module and its doc comment), so that the vocabulary can be
//! listed, an unknown step can be told what it resembles, and only the expressions that a
//! scenario may need are compiled.
//!
//! Step functions are found by two crates' paths: the crate that holds them needs direct
//! dependencies named `cucumber` and `authlab-scenarios`.

use proc_macro::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};

/// Makes a function the step `Given <expression>`; see the crate's documentation.
///
/// The argument is a Cucumber expression. The doc comment says what the step does and holds one
/// line `Example: Given ...`.
#[proc_macro_attribute]
pub fn given(argument: TokenStream, item: TokenStream) -> TokenStream {
    expand("given", "Given", argument, item)
}

/// Makes a function the step `When <expression>`; see [`macro@given`].
#[proc_macro_attribute]
pub fn when(argument: TokenStream, item: TokenStream) -> TokenStream {
    expand("when", "When", argument, item)
}

/// Makes a function the step `Then <expression>`; see [`macro@given`].
#[proc_macro_attribute]
pub fn then(argument: TokenStream, item: TokenStream) -> TokenStream {
    expand("then", "Then", argument, item)
}

fn expand(attribute: &str, keyword: &str, argument: TokenStream, item: TokenStream) -> TokenStream {
    let expression = match only_literal(argument) {
        Ok(literal) => literal,
        Err(span) => return failure(span, "write the step as one text: #[given(\"the lab\")]"),
    };
    let Some(function) = function_name(item.clone()) else {
        return failure(expression.span(), "a step is a function");
    };
    let document = doc_lines(item.clone());
    if !document
        .iter()
        .any(|line| line.to_string().contains("Example: "))
    {
        return failure(
            function.span(),
            "a step shows how it is used: add a doc line `/// Example: Given ...`",
        );
    }
    let document = document
        .iter()
        .map(|line| format!("{line}, \"\\n\","))
        .collect::<String>();
    let cucumber = format!("#[::cucumber::{attribute}(expr = {expression})]");
    let record = format!(
        "const _: () = {{
            ::authlab_scenarios::registration::submit! {{
                ::authlab_scenarios::registration::StepRecord {{
                    keyword: ::authlab_scenarios::Keyword::{keyword},
                    expression: {expression},
                    function: ::core::stringify!({function}),
                    module: ::core::module_path!(),
                    path: ::core::file!(),
                    line: ::core::line!(),
                    column: ::core::column!(),
                    document: ::core::concat!({document}),
                }}
            }}
        }};"
    );
    let (Ok(mut output), Ok(record)) = (
        cucumber.parse::<TokenStream>(),
        record.parse::<TokenStream>(),
    ) else {
        return failure(expression.span(), "this step could not be registered");
    };
    output.extend(item);
    output.extend(record);
    output
}

/// The one literal that the attribute was given, or where it went wrong.
fn only_literal(argument: TokenStream) -> Result<Literal, Span> {
    let mut tokens = argument.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(literal)), None) => Ok(literal),
        (Some(token), _) => Err(token.span()),
        (None, _) => Err(Span::call_site()),
    }
}

/// The name after the first `fn` of the item.
fn function_name(item: TokenStream) -> Option<Ident> {
    let mut tokens = item
        .into_iter()
        .skip_while(|token| !is_identifier(token, "fn"))
        .skip(1);
    match tokens.next() {
        Some(TokenTree::Ident(name)) => Some(name),
        _ => None,
    }
}

/// The literals of the `#[doc = "..."]` attributes that a doc comment becomes.
fn doc_lines(item: TokenStream) -> Vec<Literal> {
    let mut lines = Vec::new();
    for token in item {
        if is_identifier(&token, "fn") {
            break;
        }
        let TokenTree::Group(group) = token else {
            continue;
        };
        if group.delimiter() != Delimiter::Bracket {
            continue;
        }
        let mut inner = group.stream().into_iter();
        if !inner
            .next()
            .is_some_and(|first| is_identifier(&first, "doc"))
        {
            continue;
        }
        if let Some(TokenTree::Literal(line)) = inner.nth(1) {
            lines.push(line);
        }
    }
    lines
}

fn is_identifier(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(identifier) if identifier.to_string() == name)
}

/// A compile error at `span`.
fn failure(span: Span, message: &str) -> TokenStream {
    let source = format!("::core::compile_error!({message:?});");
    source
        .parse::<TokenStream>()
        .unwrap_or_default()
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}
