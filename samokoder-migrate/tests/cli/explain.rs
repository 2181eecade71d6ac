//! `explain`: pages, and codes that are not there.

use crate::support::Project;

#[test]
fn prints_the_page_of_a_code() {
    let project = Project::new();
    let page = project.run(&["explain", "SM0106"]).exits(0).stdout;
    assert!(page.starts_with("# SM0106: a downgrade has no statement\n"));
    assert!(page.contains("## Broken") && page.contains("## Mended"));
    assert_eq!(project.run(&["explain", "106"]).exits(0).stdout, page);
}

#[test]
fn without_a_code_lists_all() {
    let listed = Project::new().run(&["explain"]).exits(0).stdout;
    assert!(listed.contains("SM0201  error    PostgreSQL refuses the statement's syntax\n"));
    assert!(listed.contains("SM0501  warning  "));
}

#[test]
fn says_which_codes_are_near() {
    let ran = Project::new().run(&["explain", "SM0291"]).exits(2);
    assert_eq!(ran.stdout, "");
    ran.says("there is no code `SM0291`")
        .says("SM0201 (PostgreSQL refuses the statement's syntax)");
}
