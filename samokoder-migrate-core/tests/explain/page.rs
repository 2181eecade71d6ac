//! Reading a page of `explain`: the fenced blocks of its sections.

/// A fenced block: ```` ```sql migrations/001_a.up.sql ````.
pub(crate) struct Block<'p> {
    /// The first word behind the fence, such as `sql`.
    pub(crate) kind: &'p str,
    /// The rest of that line: a path, or what the block is for.
    pub(crate) path: &'p str,
    /// The lines between the fences.
    pub(crate) body: String,
}

/// Returns the blocks of the section `Broken` or `Mended`, in order.
pub(crate) fn blocks<'p>(page: &'p str, heading: &str) -> Vec<Block<'p>> {
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no `## {heading}` in {page}"));
    let section = rest.split("\n## ").next().unwrap_or(rest);
    let mut blocks = Vec::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let (kind, path) = info.split_once(' ').unwrap_or((info, ""));
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let body = format!("{}\n", body.join("\n"));
        blocks.push(Block { kind, path, body });
    }
    assert!(!blocks.is_empty(), "no example in `## {heading}` of {page}");
    blocks
}
