//! How a script ends must not matter.

use crate::support::{set, worlds};

#[test]
fn records_a_script_whatever_its_last_line_is() {
    let ends = [
        "",
        ";",
        ";;",
        " -- a comment",
        "; -- a comment;",
        "\n-- a comment",
        ";\r\n-- a comment\r\n",
        "\r\n",
        ";\r\n\r\n",
        " /* a /* nested */ comment */",
        ";\n\n\n",
    ];
    for mut world in worlds() {
        let scripts: Vec<[String; 3]> = ends
            .iter()
            .enumerate()
            .map(|(i, end)| {
                [
                    format!("end_{i}"),
                    format!("CREATE TABLE end_{i} (id int){end}"),
                    format!("DROP TABLE end_{i}{end}"),
                ]
            })
            .collect();
        let list: Vec<(&str, &str, &str)> = scripts
            .iter()
            .map(|[name, up, down]| (name.as_str(), up.as_str(), down.as_str()))
            .collect();
        let set = set(&list);
        world.up(&set).unwrap();
        let labels: Vec<&str> = set
            .migrations()
            .iter()
            .map(samokoder_migrate::set::Migration::label)
            .collect();
        assert_eq!(world.history(), labels);
        for i in 0..ends.len() {
            assert!(world.exists(&format!("end_{i}")));
        }
        world.down_to(&set, 0).unwrap();
        assert!(world.history().is_empty());
        assert!(!world.exists("end_0"));
    }
}

#[test]
fn lines_end_in_lf_on_the_server_whatever_the_file_has() {
    for mut world in worlds() {
        let set = set(&[(
            "a",
            "CREATE TABLE a (t text);\r\nINSERT INTO a VALUES ('x\r\ny');\r\n",
            "DROP TABLE a;\r\n",
        )]);
        world.up(&set).unwrap();
        assert_eq!(world.admin.value("SELECT t FROM a"), "x\ny");
    }
}
