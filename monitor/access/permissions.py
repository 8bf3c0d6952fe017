"""Every permission, as `area:thing:verb`, in words that a commander can read."""

PUBLIC = "public"

PERMISSIONS = {
    "monitor:people:read": "See who serves in the mission and with which roles",
    "monitor:people:manage": "Add people, grant and revoke roles, end sign-ins and device tokens",
    "monitor:place:read": "See sectors, posts, lines and settlements",
    "monitor:watch:read": "See watches and hours watched",
    "monitor:watch:file": "Start, check in and end a watch",
    "monitor:field:open": "Open the field form",
    "monitor:live:read": "Follow what happens as it happens",
    "monitor:log:read": "Read the evidence log's heads and proofs",
    "incidents:taxonomy:read": "See what kinds of things can be reported",
    "incidents:observation:file": "File observations and their media, and see one's own receipts",
    "incidents:observation:read": "Read observations",
    "incidents:position:read": "See exact positions of observers",
    "incidents:text:read": "Read free text of observations",
    "incidents:media:read": "See photos and recordings",
    "incidents:observation:review": "Accept, return or reject an observation that somebody else filed",
    "incidents:incident:read": "Read incidents and their steps",
    "incidents:incident:assess": "Open incidents, link observations, step an assessment up to corroborated",
    "incidents:incident:confirm": "Confirm, refute or call unverifiable what another person assessed",
    "incidents:claim:read": "Read the parties' claims",
    "incidents:claim:record": "Record a party's claim",
    "incidents:alert:read": "Read alerts",
    "incidents:alert:act": "Acknowledge, assign, note, shelve and close alerts",
    "incidents:rule:read": "Read rules and why they fired",
    "incidents:desk:open": "Open the situation room",
    "reports:summary:read": "Read summaries and the evidence behind their numbers",
    "reports:summary:edit": "Edit the drafted words of a summary",
    "reports:summary:review": "Review a summary that somebody else edited",
    "reports:summary:release": "Release a summary under the mission's name",
}
