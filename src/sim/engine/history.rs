//! The history tree: what tasks did, after which observations.
//!
//! A node is reached from its parent by one observation and remembers what the task did then, up to the next
//! thing that it had to be told. A future is run again from its root only for an observation that is new at its
//! node; every other visit is a look-up. A loop's turn cuts the history back to the loop's entry.

use std::hash::BuildHasherDefault;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxHasher;

use super::live::poll;
use super::{Engine, Handle, Ran};
use crate::cx::{
    Act, Ask, Call, Cx, Did, Local, Observation, Op, OpId, OpResult, Surroundings, TaskId,
};

type Map<K, V> = IndexMap<K, V, BuildHasherDefault<FxHasher>>;

/// What a task has to be told next.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Next {
    /// The answer of its process.
    Ask(Ask),
    /// The end of an operation.
    Wait,
    /// The head of a loop, which is this operation.
    Turn { op: OpId, head: u32 },
    /// Nothing: it is over.
    Over,
}

#[derive(Debug)]
struct Node {
    parent: Option<Handle>,
    root: u32,
    observed: Option<Observation>,
    acts: Vec<Act>,
    next: Next,
}

#[derive(Debug)]
struct Root {
    around: Rc<Surroundings>,
    task: TaskId,
    call: Call,
}

/// What a search did with the histories of its tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HistoryCounts {
    /// Histories known.
    pub nodes: usize,
    /// Futures that were run again from their root.
    pub runs: u64,
    /// Times that a task went on.
    pub visits: u64,
}

/// The engine of `check`.
#[derive(Debug, Default)]
pub struct History {
    nodes: Vec<Node>,
    roots: Vec<Root>,
    begun: Map<(Rc<Surroundings>, TaskId, Call), Handle>,
    edges: Map<(Handle, Observation), Handle>,
    counts: HistoryCounts,
}

impl History {
    /// What was done so far.
    pub fn counts(&self) -> HistoryCounts {
        HistoryCounts { nodes: self.nodes.len(), ..self.counts }
    }

    /// Follows the acts from `node` on, as far as `local` can answer.
    fn follow(&mut self, mut node: Handle, local: &mut Local) -> Ran {
        self.counts.visits += 1;
        let mut acts = Vec::new();
        loop {
            let Node { acts: done, next, root, .. } = &self.nodes[node as usize];
            acts.extend(done.iter().cloned());
            match next {
                Next::Ask(ask) => {
                    let answer = local.answer(self.roots[*root as usize].task, ask);
                    node = self.child(node, Observation::Answer(answer), local);
                }
                Next::Over | Next::Wait | Next::Turn { .. } => return Ran { handle: node, acts },
            }
        }
    }

    fn child(&mut self, node: Handle, observed: Observation, local: &Local) -> Handle {
        if let Some(&child) = self.edges.get(&(node, observed.clone())) {
            return child;
        }
        self.grow(Some(node), self.nodes[node as usize].root, Some(observed), local)
    }

    /// Runs a future along the history that ends with `observed` at `parent`, and notes what it does then.
    fn grow(
        &mut self,
        parent: Option<Handle>,
        root: u32,
        observed: Option<Observation>,
        local: &Local,
    ) -> Handle {
        self.counts.runs += 1;
        let Root { around, task, call } = &self.roots[root as usize];
        let (task, kind) = (*task, call.kind());
        let mut path: Vec<Observation> = observed.iter().cloned().collect();
        let mut expected: Vec<Handle> = Vec::new();
        let mut ancestor = parent;
        while let Some(node) = ancestor {
            expected.push(node);
            path.extend(self.nodes[node as usize].observed.clone());
            ancestor = self.nodes[node as usize].parent;
        }
        path.reverse();
        expected.reverse();

        let cx = Cx::new(around.clone(), task, call.handles());
        let mut future = call.start(cx.clone());
        // The recorded part must not touch the process; what is new is answered by a copy of it.
        let mut scratch = local.clone();
        cx.with_run(|run| run.script = path.into());
        let mut output;
        loop {
            output = poll(&cx, &mut future, &mut scratch);
            let more = cx.with_run(|run| {
                let observation = run.script.pop_front();
                if observation.is_some() && run.script.is_empty() {
                    run.scripted = run.did.len();
                }
                match observation {
                    Some(Observation::Op(op, result)) => run.deliver(op, result),
                    Some(Observation::Resume(state)) => {
                        let turn = run.did.iter().rev().find_map(|did| match did {
                            Did::Act(Act::Start(op, Op::Turn { .. })) => Some(*op),
                            _ => None,
                        });
                        run.deliver(turn.unwrap_or_default(), OpResult::Resumed(state));
                    }
                    Some(Observation::Answer(_)) => run.strayed = true,
                    None => return false,
                }
                true
            });
            if output.is_some() || !more {
                break;
            }
        }
        let (did, scripted, answered, strayed) = cx.with_run(|run| {
            let strayed = run.strayed || !run.script.is_empty();
            run.die();
            (std::mem::take(&mut run.did), run.scripted, std::mem::take(&mut run.answered), strayed)
        });
        drop(future);
        self.verify(&expected, &did[..scripted], strayed, kind);

        // What is new: split at the questions that were answered on the way.
        let mut place = scripted;
        let (mut node, mut observed) = (parent, observed);
        for (end, answer) in answered {
            let ask = match &did[end - 1] {
                Did::Ask(ask) => ask.clone(),
                Did::Act(_) => unreachable!("an answer follows a question"),
            };
            node = Some(self.add(node, root, observed, acts(&did[place..end - 1]), Next::Ask(ask)));
            observed = Some(Observation::Answer(answer));
            place = end;
        }
        let mut last = acts(&did[place..]);
        let next = match output {
            Some(output) => {
                last.push(Act::Finish(output));
                Next::Over
            }
            None => match last.last() {
                Some(Act::Start(op, Op::Turn { head, .. })) => Next::Turn { op: *op, head: *head },
                _ => Next::Wait,
            },
        };
        let end = self.add(node, root, observed, last, next);
        // The caller goes on from the first of the new nodes.
        let mut first = end;
        while self.nodes[first as usize].parent != parent {
            first = self.nodes[first as usize].parent.expect("new nodes descend from the parent");
        }
        first
    }

    fn add(
        &mut self,
        parent: Option<Handle>,
        root: u32,
        observed: Option<Observation>,
        acts: Vec<Act>,
        next: Next,
    ) -> Handle {
        let handle = self.nodes.len() as Handle;
        if let (Some(parent), Some(observed)) = (parent, &observed) {
            self.edges.insert((parent, observed.clone()), handle);
        }
        self.nodes.push(Node { parent, root, observed, acts, next });
        handle
    }

    /// Compares what the future did again with what it had done.
    fn verify(&self, expected: &[Handle], did: &[Did], strayed: bool, kind: &'static str) {
        let before = expected.iter().flat_map(|&node| {
            let node = &self.nodes[node as usize];
            let ask = match &node.next {
                Next::Ask(ask) => Some(Did::Ask(ask.clone())),
                _ => None,
            };
            node.acts.iter().cloned().map(Did::Act).chain(ask)
        });
        assert!(
            !strayed && before.eq(did.iter().cloned()),
            "`{kind}` is not deterministic: run again with the same observations, it did something else. \
             Everything that a recipe learns must come from `Cx`, and everything that survives a loop's pass \
             must stand in the loop's state"
        );
    }

    /// The node at which the loop was entered whose turn this node waits for.
    fn entry(&self, node: Handle, head: u32) -> Handle {
        let mut entry = node;
        let mut ancestor = self.nodes[node as usize].parent;
        while let Some(node) = ancestor {
            if matches!(self.nodes[node as usize].next, Next::Turn { head: h, .. } if h == head) {
                entry = node;
            }
            ancestor = self.nodes[node as usize].parent;
        }
        entry
    }
}

fn acts(did: &[Did]) -> Vec<Act> {
    let acts = did.iter().filter_map(|did| match did {
        Did::Act(act) => Some(act.clone()),
        Did::Ask(_) => None,
    });
    acts.collect()
}

impl Engine for History {
    fn begin(
        &mut self,
        around: &Rc<Surroundings>,
        task: TaskId,
        call: &Call,
        local: &mut Local,
    ) -> Ran {
        let root = (around.clone(), task, call.clone());
        let node = if let Some(&node) = self.begun.get(&root) {
            node
        } else {
            let number = self.roots.len() as u32;
            self.roots.push(Root { around: around.clone(), task, call: call.clone() });
            let node = self.grow(None, number, None, local);
            self.begun.insert(root, node);
            node
        };
        self.follow(node, local)
    }

    fn resume(&mut self, handle: Handle, op: OpId, result: OpResult, local: &mut Local) -> Ran {
        let (node, observed) = match (&self.nodes[handle as usize].next, result) {
            (Next::Turn { op: turn, head }, OpResult::Resumed(state)) if *turn == op => {
                (self.entry(handle, *head), Observation::Resume(state))
            }
            (_, result) => (handle, Observation::Op(op, result)),
        };
        let child = self.child(node, observed, local);
        self.follow(child, local)
    }

    fn end(&mut self, _: Handle) {}
}
