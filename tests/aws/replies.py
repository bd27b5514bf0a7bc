"""Results and errors in the XML of AWS's query protocol."""

import uuid
from typing import NamedTuple
from xml.sax.saxutils import escape

from . import actions
from .account import AwsError

ERROR = (
    '<ErrorResponse xmlns="{namespace}">\n  <Error>\n    <Type>{blame}</Type>\n    <Code>{code}</Code>\n'
    "    <Message>{message}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
)
RESULT = (
    '<{action}Response xmlns="{namespace}">\n  <{action}Result>{result}</{action}Result>\n'
    "  <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\n</{action}Response>\n"
)


class Reply(NamedTuple):
    status: int
    body: bytes
    content_type: str = "text/xml"
    code: str = ""


def result(action: str, tree: actions.Tree) -> Reply:
    namespace = actions.NAMESPACES[actions.ACTIONS[action].service]
    text = RESULT.format(action=action, namespace=namespace, result=_xml(tree), request_id=uuid.uuid4())
    return Reply(200, text.encode())


def error(action: str, refusal: AwsError) -> Reply:
    service = actions.ACTIONS[action].service if action in actions.ACTIONS else "sts"
    text = ERROR.format(
        namespace=actions.NAMESPACES[service],
        blame="Sender" if refusal.status < 500 else "Receiver",
        code=escape(refusal.code),
        message=escape(refusal.message),
        request_id=uuid.uuid4(),
    )
    return Reply(refusal.status, text.encode(), code=refusal.code)


def _xml(tree: actions.Tree) -> str:
    if isinstance(tree, dict):
        return "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in tree.items())
    if isinstance(tree, list):
        return "".join(f"<member>{_xml(value)}</member>" for value in tree)
    return escape(tree)
