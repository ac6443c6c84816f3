//! Fields, and the criteria of `ORDER BY` made of them.

use super::super::ast::{Direction, Field, FieldKind, Property, Sort};
use super::super::error::Expected;
use super::super::token::Kind;
use super::{Parsed, Parser};

impl Parser<'_> {
    /// What follows `ORDER`.
    pub(super) fn order_by(&mut self) -> Parsed<Vec<Sort>> {
        self.expect(Kind::By, Expected::Token("'BY'"))?;
        let mut sorts = vec![self.sort()?];
        while self.take(Kind::Comma)? {
            sorts.push(self.sort()?);
        }
        let directed = sorts.last().is_some_and(|sort| sort.direction.is_some());
        match self.token.kind {
            Kind::End => Ok(sorts),
            _ if directed => Err(self.unexpected(Expected::Token("','"))),
            _ => Err(self.unexpected(Expected::SortDirection)),
        }
    }

    fn sort(&mut self) -> Parsed<Sort> {
        let field = self.field()?;
        let direction = match self.token.kind {
            Kind::Asc => Some(Direction::Asc),
            Kind::Desc => Some(Direction::Desc),
            _ => None,
        };
        if direction.is_some() {
            self.advance()?;
        }
        Ok(Sort { field, direction })
    }

    pub(super) fn field(&mut self) -> Parsed<Field> {
        let start = self.token.span.start;
        let (name, kind) = if self.take(Kind::CustomField)? {
            let id = self.custom_field_id()?;
            (format!("cf[{id}]"), FieldKind::CustomFieldId(id))
        } else {
            (self.value(Expected::Field)?.text, FieldKind::Name)
        };
        let mut properties = Vec::new();
        while self.take(Kind::LeftBracket)? {
            properties.push(self.property()?);
        }
        Ok(Field { name, kind, properties, origin: self.origin_from(start) })
    }

    /// What follows `cf`.
    fn custom_field_id(&mut self) -> Parsed<u64> {
        self.expect(Kind::LeftBracket, Expected::CustomFieldId)?;
        let id = match self.token.kind {
            // A minus sign or too many digits fail to parse.
            Kind::Number => self.token.text.parse().ok(),
            _ => None,
        };
        let id = id.ok_or_else(|| self.unexpected(Expected::CustomFieldId))?;
        self.advance()?;
        self.expect(Kind::RightBracket, Expected::Token("']'"))?;
        Ok(id)
    }

    /// What follows the opening bracket of a property. The path may come in several pieces: `.a."b c"`.
    fn property(&mut self) -> Parsed<Property> {
        let key = self.value(Expected::PropertyKey)?.text;
        self.expect(Kind::RightBracket, Expected::Token("']'"))?;
        let mut path = None;
        while self.token.kind.is_text() {
            path.get_or_insert_with(String::new).push_str(&self.advance()?.text);
        }
        let path = path.map(|path| path.strip_prefix('.').map(str::to_owned).unwrap_or(path));
        Ok(Property { key, path })
    }
}
