//! A file of a global document as it is announced before it is uploaded: what it is called, what it is, how large it is.

use std::fmt;

use crate::{FieldError, SingleLine};

/// A file's name as people see it, umlauts and all: no path, and nothing that hides its extension.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(SingleLine);

/// Why a text is not a [`FileName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Empty, too long, or with control characters or such as reverse the direction of reading.
    #[error("must be one line of 1 to 200 characters without control characters")]
    Line,
    /// `/` or `\`.
    #[error("must be a name without a path")]
    Path,
    /// Nothing before the extension, or no extension.
    #[error("must have a name and an extension, such as Leitfaden.pdf")]
    Extension,
}

impl FileName {
    /// Checks and trims the name.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        if text.contains(['/', '\\']) {
            return Err(FileNameError::Path);
        }
        let line = SingleLine::parse(text).map_err(|_| FileNameError::Line)?;
        match line.as_str().rsplit_once('.') {
            Some((stem, extension)) if !stem.trim_matches('.').trim().is_empty() && !extension.is_empty() => {
                Ok(Self(line))
            }
            _ => Err(FileNameError::Extension),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What follows the last dot, in lower case.
    pub fn extension(&self) -> String {
        let extension = self.as_str().rsplit_once('.').map(|(_, extension)| extension);
        extension.unwrap_or_default().to_lowercase()
    }
}

impl TryFrom<String> for FileName {
    type Error = FileNameError;
    fn try_from(text: String) -> Result<Self, FileNameError> {
        Self::parse(&text)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.0.into()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a global document can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MediaType {
    /// PDF.
    Pdf,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// `PowerPoint`.
    Pptx,
    /// `OpenDocument` text.
    Odt,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// Text without any markup.
    Text,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

/// The media type is not one of those that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be that of a PDF, Word, Excel, PowerPoint, OpenDocument, text, PNG or JPEG file")]
pub struct MediaTypeError;

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Text,
        Self::Png,
        Self::Jpeg,
    ];

    /// Reads its name.
    pub fn parse(text: &str) -> Result<Self, MediaTypeError> {
        let same = |media_type: &Self| media_type.as_str().eq_ignore_ascii_case(text.trim());
        Self::ALL.into_iter().find(same).ok_or(MediaTypeError)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Text => "text/plain",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// How the names of such files end.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Text => &["txt"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
        }
    }
}

impl TryFrom<String> for MediaType {
    type Error = MediaTypeError;
    fn try_from(text: String) -> Result<Self, MediaTypeError> {
        Self::parse(&text)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> String {
        media_type.as_str().to_owned()
    }
}

/// How many bytes a file has: at least one, at most [`FileSize::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct FileSize(u64);

/// The file is empty or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 byte to 25 MB (26,214,400 bytes)")]
pub struct FileSizeError;

impl FileSize {
    /// The largest file, in bytes.
    pub const MAX: u64 = 25 * 1024 * 1024;

    /// The bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for FileSize {
    type Error = FileSizeError;
    fn try_from(bytes: u64) -> Result<Self, FileSizeError> {
        if (1..=Self::MAX).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(FileSizeError)
        }
    }
}

impl From<FileSize> for u64 {
    fn from(size: FileSize) -> u64 {
        size.0
    }
}

/// What is known of a file before its bytes come, and must be true of them then.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentFile {
    /// What it is saved as when it is downloaded.
    pub file_name: FileName,
    /// What it is.
    pub media_type: MediaType,
    /// How large it is.
    pub size: FileSize,
}

impl DocumentFile {
    /// Checks the fields and that the name's extension is one of the media type; names everything that is wrong.
    pub fn parse(file_name: &str, media_type: &str, size: u64) -> Result<Self, Vec<FieldError>> {
        let file_name = FileName::parse(file_name).map_err(|error| FieldError::new("/fileName", error));
        let media_type = MediaType::parse(media_type).map_err(|error| FieldError::new("/mediaType", error));
        let size = FileSize::try_from(size).map_err(|error| FieldError::new("/size", error));
        let mismatch = match (&file_name, &media_type) {
            (Ok(name), Ok(media_type)) if !media_type.extensions().contains(&name.extension().as_str()) => {
                let extensions = media_type.extensions().join(" or .");
                Some(FieldError::new(
                    "/fileName",
                    format!("must end in .{extensions}, as its media type says"),
                ))
            }
            _ => None,
        };
        match (file_name, media_type, size, mismatch) {
            (Ok(file_name), Ok(media_type), Ok(size), None) => Ok(Self {
                file_name,
                media_type,
                size,
            }),
            (file_name, media_type, size, mismatch) => {
                let errors = [file_name.err(), media_type.err(), size.err(), mismatch];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_give_to_files_are_taken() {
        for name in [
            "Interviewleitfaden für Führungskräfte.pdf",
            "Größe; \"Plan\" 😀.v2.PDF",
            "日本語.pdf",
            ".portal.pdf",
        ] {
            let file = DocumentFile::parse(name, "application/pdf", 1).unwrap();
            assert_eq!(
                (file.file_name.as_str(), file.file_name.extension().as_str()),
                (name, "pdf")
            );
        }
        assert_eq!(FileName::parse(" a.pdf ").unwrap().as_str(), "a.pdf");
        assert!(FileName::parse(&format!("{}.pdf", "ä".repeat(196))).is_ok());
    }

    #[test]
    fn what_could_be_a_path_or_hides_the_extension_is_no_name() {
        for (name, error) in [
            ("../a.pdf", FileNameError::Path),
            ("a/b.pdf", FileNameError::Path),
            ("C:\\a.pdf", FileNameError::Path),
            ("a\r\nX: b.pdf", FileNameError::Line),
            ("a\0.pdf", FileNameError::Line),
            ("fdp\u{202e}gpj.pdf", FileNameError::Line),
            ("", FileNameError::Line),
            ("..", FileNameError::Extension),
            (".pdf", FileNameError::Extension),
            ("a.", FileNameError::Extension),
            ("Leitfaden", FileNameError::Extension),
        ] {
            assert_eq!(FileName::parse(name), Err(error), "{name:?}");
        }
        let long = format!("{}.pdf", "ä".repeat(197));
        assert_eq!(FileName::parse(&long), Err(FileNameError::Line));
    }

    #[test]
    fn an_extension_goes_with_its_media_type_only() {
        for media_type in MediaType::ALL {
            for other in MediaType::ALL {
                for extension in other.extensions() {
                    let parsed = DocumentFile::parse(&format!("a.{extension}"), media_type.as_str(), 1);
                    assert_eq!(
                        parsed.is_ok(),
                        media_type == other,
                        "{extension} {}",
                        media_type.as_str()
                    );
                }
            }
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let pointers = |name: &str, media_type: &str, size| {
            let errors = DocumentFile::parse(name, media_type, size).unwrap_err();
            errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
        };
        assert_eq!(pointers("a/b", "text/html", 0), ["/fileName", "/mediaType", "/size"]);
        assert_eq!(
            pointers("a.exe", "application/pdf", FileSize::MAX + 1),
            ["/size", "/fileName"]
        );
        assert!(DocumentFile::parse("a.pdf", "application/PDF", FileSize::MAX).is_ok());
    }
}
