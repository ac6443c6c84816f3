//! The catalogue of mutations: what can be broken, what that does, and where it applies.
//!
//! A mutation applies where the contract says that the broken answer is wrong and where the unmutated answers have what
//! is broken. What no checker could notice even in principle does not apply; the reason stands here.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

macro_rules! mutations {
    ($($variant:ident = $name:literal: $does:literal, $applies:literal;)*) => {
        /// One way of breaking an operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the catalogue says what each does")]
        pub enum Mutation { $($variant,)* }

        impl Mutation {
            /// The whole catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name, as in options and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it does.
            pub fn does(self) -> &'static str {
                match self { $(Self::$variant => $does,)* }
            }

            /// Where it applies, and why not elsewhere.
            pub fn applies(self) -> &'static str {
                match self { $(Self::$variant => $applies,)* }
            }
        }
    };
}

mutations! {
    // The form of an answer.
    DropRequired = "drop-required": "leaves out a required property",
        "where the schema requires a property that is there; not inside anyOf, where another member may allow it";
    NullProperty = "null-property": "makes a property null",
        "where the schema gives the property a type and does not allow null";
    ChangeType = "change-type": "gives a property a value of another type",
        "where the schema gives the property a type";
    ChangeEnum = "change-enum": "gives a property a value that is not in its enum",
        "where the schema has an enum";
    ChangeFormat = "change-format": "gives a property a value that is not of its format",
        "where the format is date, date-time, uuid or int32; Jira itself does not keep the others";
    ExtraProperty = "extra-property": "adds a property that is not documented",
        "where the schema is closed and has properties";
    ChangeStatus = "change-status": "answers a success with a status that is not documented",
        "where statuses are documented by number";
    ChangeContentType = "change-content-type": "calls JSON a page",
        "where the status documents JSON alone";
    MissingContentType = "missing-content-type": "leaves out the content type",
        "where the status documents JSON alone";
    BrokenJson = "broken-json": "cuts a body off",
        "to successes with a JSON body";
    EmptyBody = "empty-body": "leaves out the body",
        "to 200 and 201 where the contract describes one";
    ErrorDialect = "error-dialect": "answers an error in no dialect of Jira",
        "where a request is refused with a body";
    ServerError = "server-error": "answers 500 instead of a success",
        "everywhere";
    RateLimitMissing = "rate-limit-missing": "leaves out the headers about rate limits",
        "where the target sends them";
    RateLimitMalformed = "rate-limit-malformed": "sends headers about rate limits that are no numbers",
        "where the target sends them";
    Latency = "latency": "answers later than a request may take",
        "everywhere";

    // Lists.
    DuplicateRow = "duplicate-row": "has a row twice on a page",
        "to lists whose rows have an id or are texts: else two rows may well be equal";
    RepeatRow = "repeat-row": "begins a page with the last row of the one before",
        "to lists that have a second page";
    SkipRow = "skip-row": "begins a page one row too late",
        "to lists that have a second page";
    LoseRow = "lose-row": "leaves out the row that was made last",
        "to lists that have what was made before";
    LeakRow = "leak-row": "has a row of another site",
        "to lists whose rows have ids and either a total, a link, or an operation that reads them: else nobody can know";
    SwapIds = "swap-ids": "swaps the ids of two rows",
        "to lists whose rows have ids and either a link or a second page: else nobody can know";
    WrongTotal = "wrong-total": "counts one more than there are",
        "to lists with a total that can be seen as a whole: not where none says how long a page is, or what is counted is not listed";
    WrongLast = "wrong-last": "says that the last page is not the last",
        "to lists that say which page is the last, and list all that they count";
    EarlyLast = "early-last": "says that the first page is the last",
        "to lists that say which page is the last and have a second";
    LimitPlusOne = "limit-plus-one": "has one row more than the page may have",
        "to lists that have a second page";

    // What an answer says.
    BrokenSelf = "broken-self": "has a link to itself that leads nowhere",
        "where a self link leads to an operation of the contract; not where the real one leads nowhere, too";
    ForeignSelf = "foreign-self": "has a link to itself that leads to another host",
        "where a self link leads to the target";
    WrongId = "wrong-id": "has another id than was asked for or made",
        "to answers about one thing that is made there or named in the path";
    WrongOwner = "wrong-owner": "names another user as owner, author or creator",
        "to answers that name the one who asks as that, in operations on what he has just made";
    WrongValue = "wrong-value": "has another text than was written",
        "to reading what was written before";
    UnstableAnswer = "unstable-answer": "has another text at each time",
        "to reading, where an answer has a text that is neither link nor format nor known to change by itself";
    WrongV2 = "wrong-v2": "has another text in version 2 than in version 3",
        "to reading in both versions";
    V2Body = "v2-body": "answers version 2 with the body of version 3",
        "to reading in both versions, where they differ by more than links";

    // What an operation does.
    LoseWrite = "lose-write": "answers as if it had written, and has not",
        "to writing whose outcome another operation shows, where an answer to it can be made up";
    KeepDeleted = "keep-deleted": "answers as if it had deleted, and has not",
        "to deleting what can be read or listed";
    StaleRead = "stale-read": "answers what was so at the first time",
        "to reading what is changed in between";
    AcceptNegative = "accept-negative": "accepts what it should refuse",
        "where a request of the harness that breaks a rule is refused";
    AnonymousAllowed = "anonymous-allowed": "gives nobody in particular what only the authorised may have",
        "where nobody in particular is refused and the contract demands credentials, or sees fewer rows";
    OtherAllowed = "other-allowed": "gives one who may do less what only others may have",
        "where that caller is refused what needs the scope to configure, or sees fewer rows";
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Mutation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|known| known.name() == name).copied().ok_or_else(|| format!("no mutation '{name}'"))
    }
}

impl Serialize for Mutation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
