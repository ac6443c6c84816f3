//! Jira's own fields, the same in every site (J-68; observed shapes, "issue_fields").

/// A field that Jira ships.
#[derive(Debug, Clone, Copy)]
pub struct SystemField {
    /// Id and key.
    pub id: &'static str,
    /// Shown name.
    pub name: &'static str,
    /// `type` of its schema; empty where Jira gives no schema.
    pub kind: &'static str,
    /// `items` of its schema.
    pub items: Option<&'static str>,
    /// Can be put on screens.
    pub orderable: bool,
    /// Can be a column.
    pub navigable: bool,
    /// Known to JQL.
    pub searchable: bool,
    /// Names in JQL.
    pub clauses: &'static [&'static str],
    /// Verbs of `update`.
    pub operations: &'static [&'static str],
}

/// The field of that id.
pub fn find(id: &str) -> Option<&'static SystemField> {
    FIELDS.iter().find(|field| field.id == id)
}

macro_rules! fields {
    ($($id:literal $name:literal $kind:literal $($items:literal)? [$($flag:ident)*] [$($clause:literal)*] [$($verb:literal)*];)*) => {
        &[$(SystemField {
            id: $id,
            name: $name,
            kind: $kind,
            items: items!($($items)?),
            orderable: flag!(orderable $($flag)*),
            navigable: flag!(navigable $($flag)*),
            searchable: flag!(searchable $($flag)*),
            clauses: &[$($clause),*],
            operations: &[$($verb),*],
        }),*]
    };
}
macro_rules! items {
    () => {
        None
    };
    ($items:literal) => {
        Some($items)
    };
}
macro_rules! flag {
    (orderable) => { false }; (navigable) => { false }; (searchable) => { false };
    (orderable o $($rest:ident)*) => { true };
    (navigable n $($rest:ident)*) => { true };
    (searchable s $($rest:ident)*) => { true };
    ($name:ident $other:ident $($rest:ident)*) => { flag!($name $($rest)*) };
}

/// All of them. Flags: `o` orderable, `n` navigable, `s` searchable.
pub const FIELDS: &[SystemField] = fields! {
    "statuscategorychangedate" "Status Category Changed" "datetime" [n s] ["statusCategoryChangedDate"] [];
    "issuetype" "Issue Type" "issuetype" [o n s] ["issuetype" "type"] ["set"];
    "parent" "Parent" "" [n] ["parent"] ["set"];
    "timespent" "Time Spent" "number" [n] ["timespent"] [];
    "project" "Project" "project" [n s] ["project"] ["set"];
    "fixVersions" "Fix versions" "array" "version" [o n s] ["fixVersion"] ["set" "add" "remove"];
    "aggregatetimespent" "Σ Time Spent" "number" [n] [] [];
    "statusCategory" "Status Category" "statusCategory" [n s] ["statusCategory"] [];
    "resolution" "Resolution" "resolution" [o n s] ["resolution"] ["set"];
    "resolutiondate" "Resolved" "datetime" [n s] ["resolutiondate" "resolved"] [];
    "workratio" "Work Ratio" "number" [n s] ["workratio"] [];
    "watches" "Watchers" "watches" [n s] ["watchers"] ["set"];
    "lastViewed" "Last Viewed" "datetime" [n s] ["lastViewed"] [];
    "issuerestriction" "Restrict to" "issuerestriction" [o] [] [];
    "thumbnail" "Images" "" [n] [] [];
    "created" "Created" "datetime" [n s] ["created" "createdDate"] [];
    "priority" "Priority" "priority" [o n s] ["priority"] ["set"];
    "labels" "Labels" "array" "string" [o n s] ["labels"] ["add" "set" "remove"];
    "timeestimate" "Remaining Estimate" "number" [n] ["remainingEstimate" "timeestimate"] [];
    "aggregatetimeoriginalestimate" "Σ Original Estimate" "number" [n] [] [];
    "versions" "Affects versions" "array" "version" [o n s] ["affectedVersion"] ["set" "add" "remove"];
    "issuelinks" "Linked Issues" "array" "issuelinks" [o n s] ["issueLink"] ["add" "copy"];
    "assignee" "Assignee" "user" [o n s] ["assignee"] ["set"];
    "updated" "Updated" "datetime" [n s] ["updated" "updatedDate"] [];
    "status" "Status" "status" [n s] ["status"] [];
    "components" "Components" "array" "component" [o n s] ["component"] ["add" "set" "remove"];
    "issuekey" "Key" "" [n s] ["id" "issue" "issuekey" "key"] [];
    "timeoriginalestimate" "Original estimate" "number" [n] ["originalEstimate" "timeoriginalestimate"] [];
    "description" "Description" "string" [o n s] ["description"] ["set"];
    "timetracking" "Time tracking" "timetracking" [o] [] ["set" "edit"];
    "security" "Security Level" "securitylevel" [o n s] ["level"] ["set"];
    "attachment" "Attachment" "array" "attachment" [o n s] ["attachments"] ["set" "copy"];
    "aggregatetimeestimate" "Σ Remaining Estimate" "number" [n] [] [];
    "summary" "Summary" "string" [o n s] ["summary"] ["set"];
    "creator" "Creator" "user" [n s] ["creator"] [];
    "subtasks" "Sub-tasks" "array" "issuelinks" [n] ["subtasks"] [];
    "reporter" "Reporter" "user" [o n s] ["reporter"] ["set"];
    "aggregateprogress" "Σ Progress" "progress" [n] [] [];
    "environment" "Environment" "string" [o n s] ["environment"] ["set"];
    "duedate" "Due date" "date" [o n s] ["due" "duedate"] ["set"];
    "progress" "Progress" "progress" [n s] ["progress"] [];
    "votes" "Votes" "votes" [n s] ["votes"] ["set"];
    "comment" "Comment" "comments-page" [o s] ["comment"] ["add" "edit" "remove"];
    "worklog" "Log Work" "array" "worklog" [o s] [] ["add" "edit" "remove"];
};
