//! What the compiler says: one case per code, named by it, and calls that must be quiet.

#[test]
fn the_compiler_shows_what_is_wrong() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/pass/*.rs");
}
