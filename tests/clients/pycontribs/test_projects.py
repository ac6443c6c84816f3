"""Projects and what hangs on them."""

from jira import JIRA

SCRUM = "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic"


def test_creates_lists_and_deletes_projects(jira, refusal):
    assert {"DEMO", "TEAM", "OPS"} <= {project.key for project in jira.projects()}
    # 0: no scheme for issue security. The library fails on sites that have none to choose from.
    made = jira.create_project("NEW", "New project", template_name=SCRUM, issueSecurityScheme=0)
    assert made["key"] == "NEW"
    project = jira.project("NEW")
    assert (project.id, project.name) == (str(made["id"]), "New project")
    assert project.lead.accountId == jira.current_user()
    assert "Story" in {kind.name for kind in project.issueTypes}
    first = jira.create_issue(project="NEW", summary="First", issuetype="Story")
    assert first.key == "NEW-1"
    assert jira.delete_project("NEW", enable_undo=False)
    assert refusal(jira.project, "NEW") == 404
    assert refusal(jira.issue, "NEW-1") == 404


def test_components(jira, refusal):
    made = jira.create_component("Engine", "DEMO", description="What drives.", assigneeType="UNASSIGNED")
    assert (made.name, made.project, made.assigneeType) == ("Engine", "DEMO", "UNASSIGNED")
    assert made.id in [component.id for component in jira.project_components("DEMO")]
    made.update(name="Motor")
    assert jira.component(made.id).name == "Motor"
    issue = jira.create_issue(
        project="DEMO", summary="Stutters", issuetype={"name": "Bug"}, components=[{"name": "Motor"}]
    )
    assert jira.component_count_related_issues(made.id) == 1
    other = jira.create_component("Wheels", jira.project("DEMO"))
    made.delete(moveIssuesTo=other.id)
    assert [component.name for component in jira.issue(issue.key).fields.components] == ["Wheels"]
    jira.delete_component(other.id)
    assert jira.issue(issue.key).fields.components == []
    assert refusal(jira.component, other.id) == 404
    assert refusal(jira.create_component, "", "DEMO") == 400


def test_versions(jira, refusal):
    one = jira.create_version("1.0", "DEMO", description="First.", startDate="2026-01-01", releaseDate="2026-02-01")
    two = jira.create_version("2.0", jira.project("DEMO"))
    assert (one.description, one.startDate, one.releaseDate) == ("First.", "2026-01-01", "2026-02-01")
    assert [version.name for version in jira.project_versions("DEMO")][-2:] == ["1.0", "2.0"]
    one.update(released=True)
    assert jira.version(one.id, expand="operations,issuesstatus").released
    jira.rename_version("DEMO", "2.0", "2.1")
    assert jira.get_project_version_by_name("DEMO", "2.1").id == two.id
    assert jira.get_project_version_by_name("DEMO", "2.0") is None
    moved = jira.move_version(two.id, position="First")
    assert moved.name == "2.1"
    assert jira.project_versions("DEMO")[0].id == two.id
    jira.move_version(two.id, after=one.self)
    assert jira.project_versions("DEMO")[-1].id == two.id
    assert refusal(jira.create_version, "1.0", "DEMO") == 400


def test_issues_of_versions(jira, refusal):
    one, two = (jira.create_version(name, "DEMO") for name in ("1.0", "2.0"))
    issue = jira.create_issue(
        project="DEMO",
        summary="Fix",
        issuetype={"name": "Bug"},
        fixVersions=[{"id": one.id}],
        versions=[{"id": one.id}],
    )
    counts = jira.version_count_related_issues(one.id)
    assert (counts["issuesFixedCount"], counts["issuesAffectedCount"]) == (1, 1)
    assert jira.version_count_unresolved_issues(one.id) == 1
    one.delete(moveFixIssuesTo=two.id)
    fields = jira.issue(issue.key).fields
    assert ([version.name for version in fields.fixVersions], fields.versions) == (["2.0"], [])
    assert refusal(jira.version, one.id) == 404
    jira.transition_issue(issue, "Done")
    assert jira.version_count_unresolved_issues(two.id) == 0


def test_project_avatars(jira, refusal):
    avatars = jira.project_avatars("DEMO")
    system = avatars["system"]
    assert avatars["custom"] == []
    jira.set_project_avatar("DEMO", system[3]["id"])
    assert system[3]["id"] in jira.project("DEMO").avatarUrls.__dict__["48x48"]
    # The pictures of the system stay.
    assert refusal(jira.delete_project_avatar, "DEMO", system[0]["id"]) == 403


def test_project_categories(site, jira):
    assert jira.projectcategories() == []
    # The library reads categories, and makes none.
    made = jira._session.post(f"{site.url}/rest/api/2/projectCategory", data={"name": "Inside"}).json()
    again = JIRA(server=site.url, basic_auth=site.admin)  # the first remembers its empty list
    assert [category["name"] for category in again.projectcategories()] == ["Inside"]
    jira.project("DEMO").update(categoryId=int(made["id"]))
    assert jira.project("DEMO").projectCategory.name == "Inside"


def test_changes_projects(jira, refusal):
    project = jira.project("DEMO")
    project.update(name="Renamed", description="Other.")
    assert (jira.project("DEMO").name, jira.project("DEMO").description) == ("Renamed", "Other.")
    project.delete()
    assert refusal(jira.project, "DEMO") == 404


def test_what_can_be_created(jira):
    meta = jira.createmeta(projectKeys="DEMO", issuetypeNames="Bug", expand="projects.issuetypes.fields")
    (project,) = meta["projects"]
    (kind,) = project["issuetypes"]
    assert (project["key"], kind["name"]) == ("DEMO", "Bug")
    assert kind["fields"]["summary"]["required"] and not kind["fields"]["labels"]["required"]


def test_project_roles(jira, developer, refusal):
    roles = jira.project_roles("DEMO")
    assert "Administrators" in roles
    assert {role["name"] for role in jira.role()} >= set(roles)
    role = jira.project_role("DEMO", roles["Administrators"]["id"])
    assert role.name == "Administrators"
    role.add_user(users=developer)
    role = jira.project_role("DEMO", role.id)
    assert developer in [actor.actorUser.accountId for actor in role.actors if hasattr(actor, "actorUser")]
    role.update(users=jira.current_user(), groups="jira-administrators")
    actors = {actor.type: actor for actor in jira.project_role("DEMO", role.id).actors}
    assert actors["atlassian-user-role-actor"].actorUser.accountId == jira.current_user()
    assert actors["atlassian-group-role-actor"].actorGroup.name == "jira-administrators"
    assert refusal(jira.project_role, "DEMO", "99999") == 404
