"""What the database itself refuses, beyond append-only tables: conditions that no constraint of one table can say.

Kept beside the triggers of `triggers`, put back after every migrate and looked for before anything is served.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the new row of a table under which a write is refused.

    `refused` holds for new and changed rows, `refused_update` for changed ones alone.
    """

    name: str
    table: str
    words: str
    refused: str
    on_insert: bool = True
    refused_update: str = ""

    def sqlite(self) -> dict[str, str]:
        """Triggers by name."""
        made = {}
        for event, condition in self._events():
            name = f"{self.name}_{event.lower()}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {event} ON {self.table} WHEN {_filled(condition, 'json_each(NEW.reads) AS r')} "
                f"BEGIN SELECT RAISE(ABORT, '{self.words}'); END"
            )
        return made

    def postgresql(self) -> dict[str, str]:
        """Functions and triggers by the trigger's name."""
        made = {}
        for event, condition in self._events():
            name = f"{self.name}_{event.lower()}"
            filled = _filled(
                condition, "jsonb_array_elements_text(NEW.reads) AS r(value)"
            )
            made[name] = (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {filled} THEN RAISE EXCEPTION '{self.words}'; END IF; RETURN NEW; END $$; "
                f"CREATE TRIGGER {name} BEFORE {event} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        return made

    def _events(self) -> list[tuple[str, str]]:
        both = " OR ".join(f"({c})" for c in (self.refused, self.refused_update) if c)
        return [
            *([("INSERT", self.refused)] if self.on_insert else []),
            ("UPDATE", both),
        ]


def _filled(condition: str, rows: str) -> str:
    """The condition with the rows `r(value)` of the JSON list `reads` as this database writes them."""
    return condition.replace("@reads", rows)


_OF_STUDY = (
    "SELECT 1 FROM reading_case k WHERE k.id = NEW.case_id AND k.purpose = 'study'"
)
# Reads of the list that are no first read of a study case.
_STRANGE = (
    "SELECT 1 FROM @reads WHERE NOT EXISTS (SELECT 1 FROM reading_read d "
    "JOIN reading_assignment a ON a.id = d.assignment_id JOIN reading_case c ON c.id = a.case_id "
    "WHERE d.id = CAST(r.value AS bigint) AND a.occasion = 1 AND c.purpose = 'study')"
)
GUARDS = (
    Guard(
        name="final_value_of_the_study",
        table="reading_finalvalue",
        words="a final value comes from first reads of a study case alone",
        refused=" ".join(("NOT EXISTS (", _OF_STUDY, ") OR EXISTS (", _STRANGE, ")")),
    ),
    Guard(
        name="case_keeps_its_purpose",
        table="reading_case",
        words="a case keeps its purpose",
        refused="",
        on_insert=False,
        refused_update="NEW.purpose <> OLD.purpose",
    ),
    Guard(
        name="assignment_that_counts",
        table="reading_assignment",
        words="only a study case has a first read, and a read keeps its occasion",
        refused=" ".join(("NEW.occasion = 1 AND NOT EXISTS (", _OF_STUDY, ")")),
        refused_update="NEW.occasion <> OLD.occasion OR NEW.case_id <> OLD.case_id",
    ),
)
