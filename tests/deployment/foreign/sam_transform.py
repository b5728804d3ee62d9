"""Lets SAM's own translator make CloudFormation of templates.

Standard input: a JSON list of {"template": text, "parameters": {name: value}}.
Standard output: a JSON list of {"template": …} or {"refused": text}, in the same order.
"""

import json
import logging
import sys

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

logging.disable(logging.CRITICAL)
SESSION = boto3.session.Session(region_name="eu-central-1")


def transform(asked):
    template = yaml_parse(asked["template"])
    translator = Translator({}, Parser(), boto_session=SESSION)
    try:
        return {"template": translator.translate(template, asked["parameters"])}
    except InvalidDocumentException as problem:
        causes = getattr(problem, "causes", None) or [problem]
        return {"refused": "; ".join(cause.message for cause in causes)}


json.dump([transform(asked) for asked in json.load(sys.stdin)], sys.stdout)
