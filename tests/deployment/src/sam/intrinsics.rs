//! CloudFormation's intrinsic functions. What only an account can know is made up from names: the
//! ARN of an alias, the id of a target group; a version is told by its logical id.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ACCOUNT, REGION};

/// A template, and the values of its parameters.
pub(super) struct Scope<'a> {
    pub(super) template: &'a Value,
    pub(super) parameters: BTreeMap<String, Value>,
}

type Worked = Result<Value, String>;

impl Scope<'_> {
    /// Whether a condition of the template holds.
    pub(super) fn condition(&self, name: &str) -> Result<bool, String> {
        match &self.template["Conditions"][name] {
            Value::Null => Err(format!("there is no condition {name}")),
            condition => self.truth(condition),
        }
    }

    /// A value without intrinsic functions; what is `AWS::NoValue` is left out.
    pub(super) fn resolve(&self, value: &Value) -> Worked {
        match value {
            Value::Object(map) => match function_of(map) {
                Some((name, argument)) => self.call(name, argument),
                None => self.resolve_map(map).map(Value::Object),
            },
            Value::Array(items) => {
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| self.resolve(item)).collect();
                Ok(items?.into_iter().filter(|item| !item.is_null()).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
        }
    }

    fn resolve_map(&self, map: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut resolved = Map::new();
        for (key, value) in map {
            let value = self.resolve(value)?;
            if !value.is_null() {
                resolved.insert(key.clone(), value);
            }
        }
        Ok(resolved)
    }

    fn call(&self, name: &str, argument: &Value) -> Worked {
        match (name, argument.as_array().map(Vec::as_slice)) {
            ("Ref", _) => self.reference(text(argument)?),
            ("Fn::Sub", Some([pattern, names])) => self.substitute(text(pattern)?, names),
            ("Fn::Sub", None) => self.substitute(text(argument)?, &Value::Null),
            ("Fn::GetAtt", Some([resource, attribute])) => {
                self.attribute(text(resource)?, text(attribute)?)
            }
            ("Fn::FindInMap", Some([mapping, first, second])) => {
                let (first, second) = (self.resolve(first)?, self.resolve(second)?);
                let place = format!("/{}/{}/{}", text(mapping)?, text(&first)?, text(&second)?);
                let found = self.template["Mappings"].pointer(&place);
                found.cloned().ok_or_else(|| format!("the mappings have no {place}"))
            }
            ("Fn::If", Some([condition, then, otherwise])) => {
                let holds = self.condition(text(condition)?)?;
                self.resolve(if holds { then } else { otherwise })
            }
            ("Fn::Join", Some([between, parts])) => {
                let parts = self.resolve(parts)?;
                let parts = parts.as_array().ok_or("Fn::Join joins a list")?;
                let parts: Result<Vec<_>, _> = parts.iter().map(written).collect();
                Ok(Value::from(parts?.join(text(between)?)))
            }
            ("Fn::Split", Some([between, whole])) => {
                let whole = self.resolve(whole)?;
                Ok(text(&whole)?.split(text(between)?).collect())
            }
            ("Fn::Select", Some([place, list])) => {
                let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
                let list = self.resolve(list)?;
                let chosen = place.and_then(|place| list.get(place));
                chosen.cloned().ok_or_else(|| "Fn::Select selects nothing".to_owned())
            }
            _ => Err(format!("{name} is not understood")),
        }
    }

    fn truth(&self, condition: &Value) -> Result<bool, String> {
        let function = condition.as_object().and_then(function_of);
        let (name, argument) = function.ok_or("a condition is a function")?;
        match (name, argument.as_array().map(Vec::as_slice)) {
            ("Fn::Equals", Some([left, right])) => Ok(self.resolve(left)? == self.resolve(right)?),
            ("Fn::Not", Some([inner])) => Ok(!self.truth(inner)?),
            ("Condition", _) => self.condition(text(argument)?),
            _ => Err(format!("{name} is not understood in a condition")),
        }
    }

    fn reference(&self, name: &str) -> Worked {
        match name {
            "AWS::Region" => return Ok(REGION.into()),
            "AWS::AccountId" => return Ok(ACCOUNT.into()),
            "AWS::Partition" => return Ok("aws".into()),
            "AWS::NoValue" => return Ok(Value::Null),
            _ => {}
        }
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let property = |property: &str| self.property(name, property);
        match self.type_of(name)? {
            "AWS::Lambda::Function" => property("FunctionName"),
            "AWS::CloudWatch::Alarm" => property("AlarmName"),
            "AWS::Lambda::Alias" => {
                let (function, alias) = (property("FunctionName")?, property("Name")?);
                let (function, alias) = (text(&function)?, text(&alias)?);
                Ok(format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}:{alias}").into())
            }
            "AWS::ElasticLoadBalancingV2::TargetGroup" => {
                let full = self.attribute(name, "TargetGroupFullName")?;
                let full = text(&full)?;
                Ok(format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:{full}").into())
            }
            _ => Ok(name.into()),
        }
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Worked {
        match (self.type_of(resource)?, attribute) {
            ("AWS::Lambda::Version", "Version") => Ok(resource.into()),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName") => {
                let name = self.property(resource, "Name")?;
                Ok(format!("targetgroup/{}/3333333333333333", text(&name)?).into())
            }
            (kind, _) => Err(format!("{attribute} of {resource} ({kind}) is not understood")),
        }
    }

    fn type_of(&self, resource: &str) -> Result<&str, String> {
        let kind = self.template["Resources"][resource]["Type"].as_str();
        kind.ok_or_else(|| format!("there is no {resource}"))
    }

    fn property(&self, resource: &str, property: &str) -> Worked {
        self.resolve(&self.template["Resources"][resource]["Properties"][property])
    }

    fn substitute(&self, pattern: &str, names: &Value) -> Worked {
        let mut written_out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}').ok_or("Fn::Sub has an open brace")?;
            written_out.push_str(before);
            let value = match (names.get(name), name.split_once('.')) {
                (Some(value), _) => self.resolve(value)?,
                (None, Some((resource, attribute))) => self.attribute(resource, attribute)?,
                (None, None) => self.reference(name)?,
            };
            written_out.push_str(&written(&value)?);
            rest = tail;
        }
        written_out.push_str(rest);
        Ok(written_out.into())
    }
}

/// The function that an object calls, if it calls one.
fn function_of(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((name, argument)), None)
            if name == "Ref" || name == "Condition" || name.starts_with("Fn::") =>
        {
            Some((name, argument))
        }
        _ => None,
    }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is no text"))
}

/// A value as it stands in a text.
fn written(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("{value} cannot stand in a text"))
        }
    }
}
