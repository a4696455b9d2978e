//! The account in words.

use std::fmt;

use super::{
    CheckTrace, ConditionTrace, Effect, LayerTrace, NamesTrace, PolicyTrace, Says, StatementTrace,
    Trace,
};
use crate::condition::Standing;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        writeln!(f, "caller: {}", self.principal)?;
        for (number, check) in self.checks.iter().enumerate() {
            let decided = if number == self.decision.check && self.checks.len() > 1 {
                "   <- decided"
            } else {
                ""
            };
            writeln!(f, "check:  {} on {}{decided}", check.action, check.resource)?;
            write!(f, "{check}")?;
        }
        Ok(())
    }
}

/// Its layers, without the line that says what was asked.
impl fmt::Display for CheckTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layers
            .iter()
            .try_for_each(|layer| write_layer(f, layer))
    }
}

fn write_layer(f: &mut fmt::Formatter<'_>, layer: &LayerTrace) -> fmt::Result {
    writeln!(f, "  {} {}", layer.layer, layer.verdict.as_str())?;
    if layer.verdict == Says::NotAsked {
        return Ok(());
    }
    layer
        .policies
        .iter()
        .try_for_each(|policy| write_policy(f, policy))
}

fn write_policy(f: &mut fmt::Formatter<'_>, policy: &PolicyTrace) -> fmt::Result {
    match policy.level_index {
        Some(level) => writeln!(f, "    {} (level {level})", policy.name)?,
        None => writeln!(f, "    {}", policy.name)?,
    }
    let (near, far): (Vec<_>, Vec<_>) = policy
        .statements
        .iter()
        .partition(|statement| statement.action.matches);
    near.iter()
        .try_for_each(|statement| write_statement(f, statement))?;
    match far.len() + policy.left_out {
        0 => Ok(()),
        1 => writeln!(f, "      1 statement speaks of other actions"),
        count => writeln!(f, "      {count} statements speak of other actions"),
    }
}

fn write_statement(f: &mut fmt::Formatter<'_>, statement: &StatementTrace) -> fmt::Result {
    let mark = if statement.matches { "=>" } else { "  " };
    let effect = statement.effect.as_str();
    write!(f, "    {mark}[{}] {effect}", statement.index)?;
    if let Some(sid) = &statement.sid {
        write!(f, " `{sid}`")?;
    }
    match (statement.principal, statement.principal_form) {
        (Some(false), _) => write_others(f, statement.names.as_ref())?,
        (_, Some(form)) => write!(f, ", names {form}")?,
        _ => {}
    }
    match &statement.resource {
        Some(element) if !element.matches => {
            let name = if element.negated {
                "NotResource"
            } else {
                "Resource"
            };
            write!(f, ", {name} {} leaves it out", element.values.join(" | "))?;
            for variable in &element.absent_variables {
                write!(f, ", ${{{variable}}} is absent")?;
            }
        }
        _ => {}
    }
    if statement.matches {
        write!(f, ", matches")?;
    }
    writeln!(f)?;
    statement
        .conditions
        .iter()
        .try_for_each(|condition| write_condition(f, statement.effect, condition))
}

fn write_others(f: &mut fmt::Formatter<'_>, names: Option<&NamesTrace>) -> fmt::Result {
    match names {
        Some(names) if names.negated => {
            write!(f, ", spares {}", names.values.join(" | "))
        }
        Some(names) if !names.values.is_empty() => {
            write!(f, ", names others: {}", names.values.join(" | "))
        }
        _ => write!(f, ", names others"),
    }
}

fn write_condition(
    f: &mut fmt::Formatter<'_>,
    effect: Effect,
    condition: &ConditionTrace,
) -> fmt::Result {
    let says = if condition.holds { "holds" } else { "fails" };
    write!(f, "         {says} {condition}")?;
    // What an Allow lacks, and what makes a Deny hold.
    let is_of_interest = condition.holds == (effect == Effect::Deny);
    match note(condition.standing).filter(|_| is_of_interest) {
        Some(note) => writeln!(f, " ({note})"),
        None => writeln!(f),
    }
}

/// What the statement wants, and what the request has: `StringEquals aws:username: policy [ana], request
/// [ana]`.
impl fmt::Display for ConditionTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.policy.join(", ");
        write!(f, "{} {}: policy [{policy}]", self.operator, self.key)?;
        if !self.filled.is_empty() {
            write!(f, " = [{}]", self.filled.join(", "))?;
        }
        match &self.request {
            None => write!(f, ", request absent"),
            Some(values) => write!(f, ", request [{}]", values.join(", ")),
        }
    }
}

/// What does not show by the two lists.
fn note(standing: Standing) -> Option<&'static str> {
    Some(match standing {
        Standing::Listed | Standing::Absent | Standing::Different => return None,
        Standing::Empty => "no value",
        Standing::Case => "differs in case only",
        Standing::WildcardLiteral => "the operator reads `*` and `?` as they stand",
        Standing::VariableLiteral => "the variable is read as it stands",
        Standing::RangeLiteral => "the operator reads the range as a text",
        Standing::VariableAbsent => "the variable has no value",
        Standing::PolicyUnreadable => "the policy's value is not of the operator's type",
        Standing::RequestUnreadable => "the request's value is not of the operator's type",
        Standing::Several => "several values, and the operator compares one",
    })
}
