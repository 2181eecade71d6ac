//! Tokens as text, one item a line: enough to read a snapshot.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Writes tokens with a line for each item, attribute, variant and statement.
pub(super) fn lines(tokens: TokenStream) -> String {
    let mut page = Page::default();
    page.stream(tokens, Inside::Braces);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    indent: usize,
    /// How many `<` are open: the commas between them end no line.
    angles: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Braces,
    Other,
}

impl Page {
    fn stream(&mut self, tokens: TokenStream, inside: Inside) {
        let mut tokens = tokens.into_iter().peekable();
        let mut is_attribute = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    self.group(group.delimiter(), group.stream());
                    let goes_on = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if ";,.".contains(next.as_char()));
                    let is_block = group.delimiter() == Delimiter::Brace;
                    if is_attribute || (is_block && inside == Inside::Braces && !goes_on) {
                        self.new_line();
                    }
                    is_attribute = false;
                }
                TokenTree::Punct(punct) => {
                    is_attribute = punct.as_char() == '#';
                    self.punct(punct.as_char(), punct.spacing(), inside);
                }
                token => {
                    if !self
                        .text
                        .ends_with(['.', '&', '!', '\'', '#', '<', '*', ':'])
                        || self.text.ends_with(": ")
                    {
                        self.space();
                    }
                    self.text.push_str(&token.to_string());
                }
            }
        }
    }

    fn punct(&mut self, character: char, spacing: Spacing, inside: Inside) {
        let is_arrow = self.text.ends_with(['-', '=']) && character == '>';
        match character {
            '<' => self.angles += 1,
            '>' if !is_arrow => self.angles = self.angles.saturating_sub(1),
            '=' | '-' | '#' => self.space(),
            '&' | '*' if !self.text.ends_with('&') => self.space(),
            ':' if self.text.ends_with("use") => self.space(),
            _ => {}
        }
        self.text.push(character);
        let ends_line = inside == Inside::Braces && self.angles == 0 && ";,".contains(character);
        let is_colon = character == ':' && spacing == Spacing::Alone && !self.text.ends_with("::");
        if ends_line {
            self.new_line();
        } else if is_colon
            || is_arrow
            || ";,".contains(character)
            || (character == '=' && spacing == Spacing::Alone)
        {
            self.text.push(' ');
        }
    }

    fn group(&mut self, delimiter: Delimiter, tokens: TokenStream) {
        // A list of calls has a line for each.
        let is_list = delimiter == Delimiter::Bracket
            && tokens.clone().into_iter().any(|token| {
                matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
            })
            && self.indent > 0
            && self.text.ends_with(' ');
        match delimiter {
            Delimiter::Brace => {
                self.space();
                self.block('{', tokens, '}');
            }
            Delimiter::Bracket if is_list => self.block('[', tokens, ']'),
            Delimiter::Bracket => self.wrap('[', tokens, ']'),
            Delimiter::Parenthesis => self.wrap('(', tokens, ')'),
            Delimiter::None => self.stream(tokens, Inside::Other),
        }
    }

    fn block(&mut self, open: char, tokens: TokenStream, close: char) {
        self.text.push(open);
        if !tokens.is_empty() {
            self.indent += 1;
            self.new_line();
            self.stream(tokens, Inside::Braces);
            self.indent -= 1;
            self.new_line();
        }
        self.text.push(close);
    }

    fn wrap(&mut self, open: char, tokens: TokenStream, close: char) {
        if open == '[' && self.text.ends_with("static") {
            self.space();
        }
        self.text.push(open);
        self.stream(tokens, Inside::Other);
        self.text.truncate(self.text.trim_end().len());
        self.text.push(close);
    }

    fn space(&mut self) {
        if !self.text.ends_with([' ', '\n', '(', '[']) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    fn new_line(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
        self.text.push_str(&"    ".repeat(self.indent));
    }
}
