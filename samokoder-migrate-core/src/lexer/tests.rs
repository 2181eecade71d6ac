use super::{Kind, tokens};

fn texts(text: &str) -> Vec<&str> {
    tokens(text)
        .iter()
        .map(|token| &text[token.span.range()])
        .collect()
}

fn kinds(text: &str) -> Vec<Kind> {
    tokens(text).iter().map(|token| token.kind).collect()
}

#[test]
fn a_doubled_quote_stays_inside_its_string() {
    assert_eq!(texts("'it''s' \"a\"\"b\""), ["'it''s'", "\"a\"\"b\""]);
}

#[test]
fn a_backslash_escapes_only_in_an_escape_string() {
    assert_eq!(texts(r"E'a\'b' 'c\' d"), [r"E'a\'b'", r"'c\'", "d"]);
    assert_eq!(
        kinds(r"e'\\' U&'\0041' N'n' x'1F' B'01' U&"),
        [
            Kind::EscapeString,
            Kind::UnicodeString,
            Kind::NationalString,
            Kind::BitString,
            Kind::BitString,
            Kind::Word,
            Kind::Operator
        ]
    );
    assert_eq!(kinds("U&\"d\\0061t\""), [Kind::QuotedName]);
}

#[test]
fn a_string_continues_on_a_later_line_by_the_rules_of_its_beginning() {
    let text = "E'a' -- why\n  'b\\'c' 'd'";
    let tokens = tokens(text);
    assert_eq!(texts(text), ["E'a'", "-- why", "'b\\'c'", "'d'"]);
    assert!(tokens[2].continues);
    assert_eq!(tokens[2].kind, Kind::EscapeString);
    assert!(!tokens[3].continues, "no line end before it");
    assert_eq!(tokens[3].kind, Kind::String);
}

#[test]
fn a_block_comment_ends_the_continuation() {
    assert!(!tokens("'a'\n/* b */'c'")[2].continues);
    assert!(tokens("'a'\r-- b\n'c'")[2].continues);
    assert!(!tokens("\"a\"\n'b'")[1].continues);
}

#[test]
fn dollar_quotes_end_at_their_own_tag() {
    assert_eq!(texts("$a$ $$ $b$ $a$ x"), ["$a$ $$ $b$ $a$", "x"]);
    assert_eq!(texts("$тег$ ' $тег$;"), ["$тег$ ' $тег$", ";"]);
    assert_eq!(texts("a$b$c"), ["a$b$c"], "a name may hold dollars");
    assert_eq!(
        kinds("$1 $12a $ $a b"),
        [
            Kind::Parameter,
            Kind::Parameter,
            Kind::Other,
            Kind::Other,
            Kind::Word,
            Kind::Word
        ]
    );
}

#[test]
fn block_comments_nest() {
    assert_eq!(
        texts("/* a /* b */ -- c */ d"),
        ["/* a /* b */ -- c */", "d"]
    );
    assert_eq!(texts("/*/ a */ b"), ["/*/ a */", "b"]);
}

#[test]
fn a_line_comment_ends_at_either_line_end() {
    assert_eq!(texts("-- a\rb -- c\nd"), ["-- a", "b", "-- c", "d"]);
}

#[test]
fn comments_end_operators() {
    assert_eq!(texts("a<--b\n1"), ["a", "<", "--b", "1"]);
    assert_eq!(texts("a*/*b*/1"), ["a", "*", "/*b*/", "1"]);
}

#[test]
fn a_doubled_quote_ends_a_bit_string() {
    assert_eq!(texts("X'1F''' b"), ["X'1F'", "''", "b"]);
}

#[test]
fn a_dollar_quote_may_follow_a_number() {
    assert_eq!(
        texts("1$$a$$ $1$$b$$ 1a$$"),
        ["1", "$$a$$", "$1", "$$b$$", "1a$$"]
    );
}

#[test]
fn a_trailing_sign_is_an_operator_of_its_own() {
    assert_eq!(texts("a=-1"), ["a", "=", "-", "1"]);
    assert_eq!(texts("a@-1"), ["a", "@-", "1"]);
    assert_eq!(texts("a->>b #>> c"), ["a", "->>", "b", "#>>", "c"]);
    assert_eq!(texts("a+-+b"), ["a", "+", "-", "+", "b"]);
}

#[test]
fn numbers_take_their_exponent_and_their_junk() {
    assert_eq!(
        texts("1 1.5 .5 1e10 1.5e-3 1_000 0xFF 12ab 1..3 a.1 1e+"),
        [
            "1", "1.5", ".5", "1e10", "1.5e-3", "1_000", "0xFF", "12ab", "1", "..", "3", "a", ".1",
            "1e", "+"
        ]
    );
}

#[test]
fn punctuation_is_read_by_its_longest_form() {
    assert_eq!(
        texts("a::b:=c:d.e"),
        ["a", "::", "b", ":=", "c", ":", "d", ".", "e"]
    );
}

#[test]
fn what_is_not_closed_goes_to_the_end() {
    for text in [
        "'a",
        "E'a\\",
        "\"a",
        "$$ a",
        "$t$ a $$",
        "/* a /* */",
        "U&'",
    ] {
        let tokens = tokens(text);
        assert_eq!(tokens.len(), 1, "{text}");
        assert_eq!(tokens[0].span.end, text.len(), "{text}");
        assert!(!tokens[0].closed, "{text}");
    }
}

#[test]
fn spans_fall_on_characters_whatever_the_text() {
    let text = "выбор 'при\\вет' \u{0} \\ 🦀 E'\\🦀' $🦀$ { }";
    for token in tokens(text) {
        assert!(text.get(token.span.range()).is_some(), "{token:?}");
        assert!(token.span.start < token.span.end);
    }
}
