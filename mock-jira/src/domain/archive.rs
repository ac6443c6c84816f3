//! What is in an archive that hangs on an issue. Only ZIP is looked into, as in Jira.

use std::io::{Read, Seek, SeekFrom};

/// What an attachment is, seen as an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Archive {
    /// A ZIP archive, or nothing of the kind: then without entries.
    Zip(Vec<Entry>),
    /// An archive in another format.
    Unsupported,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place, counting folders.
    pub index: usize,
    /// With its folders.
    pub path: String,
    /// Bytes, unpacked.
    pub size: u64,
}

impl Entry {
    /// The media type that its name suggests.
    pub fn media_type(&self) -> String {
        media_type(&self.path)
    }

    /// The path with its middle left out if it is long.
    pub fn label(&self) -> String {
        abbreviate(&self.path)
    }
}

/// The media type that a file's name suggests.
pub fn media_type(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().essence_str().to_owned()
}

/// Where the magic numbers of other formats stand.
const OTHERS: [(u64, &[u8]); 6] = [
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07"),
    (0, b"\x1f\x8b"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\x00"),
    (257, b"ustar"),
];

/// Looks into a file. One that is corrupt has no entries.
pub fn look_into(mut file: impl Read + Seek) -> Archive {
    if OTHERS.iter().any(|(at, magic)| holds(&mut file, *at, magic)) {
        return Archive::Unsupported;
    }
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return Archive::Zip(Vec::new()) };
    let count = archive.len();
    let entry = |index: usize| {
        let entry = archive.by_index_raw(index).ok()?;
        Some(Entry { index, path: entry.name().ok()?.into_owned(), size: entry.size() })
    };
    Archive::Zip((0..count).filter_map(entry).filter(|entry| !entry.path.ends_with('/')).collect())
}

fn holds(file: &mut (impl Read + Seek), at: u64, magic: &[u8]) -> bool {
    let mut found = vec![0; magic.len()];
    file.seek(SeekFrom::Start(at)).is_ok() && file.read_exact(&mut found).is_ok() && found == magic
}

/// Most characters kept of each half of a long path.
const HALF: usize = 20;

/// Leaves out folders from the middle.
fn abbreviate(path: &str) -> String {
    if path.chars().count() <= 2 * HALF {
        return path.to_owned();
    }
    let segments: Vec<&str> = path.split('/').collect();
    // How many segments fit into half of the label, each with its slash.
    let fitting = |segments: &mut dyn Iterator<Item = &&str>| {
        let lengths = segments.scan(0, |length, segment| {
            *length += segment.chars().count() + 1;
            Some(*length)
        });
        lengths.take_while(|length| *length <= HALF).count()
    };
    let first = fitting(&mut segments.iter());
    let last = fitting(&mut segments.iter().rev()).max(1);
    if first + last >= segments.len() {
        return path.to_owned();
    }
    let (begin, end) = (&segments[..first], &segments[segments.len() - last..]);
    begin.iter().chain(&["..."]).chain(end).copied().collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn long_paths_lose_their_middle() {
        let long = "long/path/thanks/to/lots/of/subdirectories/inside/making/it/quite/hard/to/reach/the/leaf.txt";
        assert_eq!(abbreviate(long), "long/path/thanks/to/.../reach/the/leaf.txt");
        let name = "a name of one piece that is longer than both halves.txt";
        assert_eq!(abbreviate(name), name);
        assert_eq!(abbreviate("a/b.txt"), "a/b.txt");
    }

    #[test]
    fn other_formats_and_broken_files_are_told_apart() {
        assert_eq!(look_into(Cursor::new(b"Rar!\x1a\x07\x00")), Archive::Unsupported);
        let mut tar = vec![0; 600];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(look_into(Cursor::new(tar)), Archive::Unsupported);
        for text in [&b"PK\x03\x04 and nothing more"[..], b"plain", b""] {
            assert_eq!(look_into(Cursor::new(text)), Archive::Zip(Vec::new()));
        }
    }
}
