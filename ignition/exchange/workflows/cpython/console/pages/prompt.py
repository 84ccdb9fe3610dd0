"""One prompt: the question, and a form for its answer."""

import json
from typing import Any

from starlette.datastructures import FormData

from exchange.workflows.cpython.console import forms
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.console.passwords import TooManyTries
from exchange.workflows.cpython.console.users import User
from exchange.workflows.cpython.failures import ExitCode, Failure

# A prompt without a form takes any value.
ANY_VALUE = {"name": "answer", "type": "any", "required": True}


async def read(db: Client, asked: Asked) -> dict[str, object]:
    prompt = await _find(db, asked["prompt_id"])
    return _shown(prompt)


async def _find(db: Client, prompt_id: str) -> dict[str, Any]:
    for is_open in (True, False):
        words = {"prompt_id": prompt_id, "is_open": is_open}
        found = await db.call("list_prompts", filter=json.dumps(words))
        if found:
            return {**found[0], "is_open": is_open}
    raise Failure(ExitCode.REFUSED, "there is no prompt with this id")


def _shown(
    prompt: dict[str, Any],
    posted: FormData | None = None,
    problems: dict[str, str] | None = None,
    problem: str | None = None,
) -> dict[str, object]:
    return {
        "prompt": prompt,
        "inputs": forms.inputs_of(_form(prompt), posted=posted, problems=problems),
        "problem": problem,
        "typed": {
            name: str(posted.get(name, "")) if posted else "" for name in ("reason", "second_name")
        },
    }


def _form(prompt: dict[str, Any]) -> list[dict[str, Any]]:
    return [ANY_VALUE] if prompt["form"] is None else prompt["form"]


async def answer(act: Acting) -> Done | Ask:
    """Answers it. What does not fit is said beside what the person typed, which stays."""
    prompt = await _find(act.db, act.asked["prompt_id"])
    values: Any = forms.values_of(_form(prompt), act.form)
    try:
        if prompt["form"] is None:
            if "answer" not in values:
                raise Failure(ExitCode.USAGE, "the answer is missing")
            values = values["answer"]
        second = await _second_person(act) if prompt["second_signature"] else None
        await act.db.call(
            "answer_prompt",
            prompt_id=prompt["prompt_id"],
            answer=json.dumps(values),
            options=act.options(**_signatures(act, second)),
        )
    except Failure as failure:
        if failure.exit_code != ExitCode.USAGE:
            raise
        problems = forms.problems_of(failure, "answer")
        told = "some values do not fit" if problems else failure.line()
        return Ask("prompt.html", "Prompt", _shown(prompt, act.form, problems, told))
    return Done(f"answered: {prompt['question']}", go_to="/prompts")


def _signatures(act: Acting, second: User | None) -> dict[str, Any]:
    signed: dict[str, Any] = {"roles": [act.user.role]}
    if second is not None:
        signed |= {"second_actor": second.name, "second_roles": [second.role]}
    return signed


async def _second_person(act: Acting) -> User:
    """The second person, who proves it with a password of this console."""
    name = act.required("second_name", "the name of the second person")
    password = act.form.get("second_password")
    if name == act.user.name:
        raise Failure(ExitCode.USAGE, "the second signature must be that of another person")
    if not isinstance(password, str) or not password:
        raise Failure(ExitCode.USAGE, "the password of the second person is missing")
    try:
        second = await act.passwords.verify(name, password, act.address)
    except TooManyTries as error:
        raise Failure(ExitCode.USAGE, str(error)) from None
    if second is None:
        raise Failure(ExitCode.USAGE, "the name or the password of the second person is wrong")
    if not second.may("operator"):
        raise Failure(ExitCode.USAGE, f"{second.name} may not sign: this needs the role operator")
    return second


PATH = "/prompts/{prompt_id}"
PAGES = [Page("prompt", PATH, "Prompt", read)]
ACTIONS = [Action(f"{PATH}/answer", answer)]
