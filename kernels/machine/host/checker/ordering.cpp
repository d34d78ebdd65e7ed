// What orders the accesses of a launch.
#include "kernels/machine/host/checker/access_checker.h"

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

void AccessChecker::launch_begins(GridLaunch const& launch) {
  check(launch.examined, "[", launch.name, "] the access checker sees kernels only that are compiled with the ",
        "instrumentation: link heddle_<family>_examined or heddle_examination");
  number_ = 0;
  knowledges_ = 0;
  words_.clear();
  shadow_.clear();
  sites_.clear();
  failure_.clear();
  allocations_ = {};
}

void AccessChecker::cluster_begins(Cluster& cluster) {
  cluster_ = &cluster;
  ++number_;
  threads_ = cluster.block(0).threads();
  auto const nothing = share({});
  agents_.assign(static_cast<std::size_t>(cluster.size() * threads_), {.base = nothing, .number = nothing->number});
  queue_agents_.clear();
  meetings_.clear();
  flights_.clear();
  current_operation_ = nullptr;
  shared_.clear();
  for (int rank = 0; rank < cluster.size(); ++rank) {
    auto const shared = shared_.emplace_back(cluster.block(rank).shared());
    auto const begin = reinterpret_cast<u64>(shared.data());
    shadow_.forget(shared);
    words_.erase(words_.lower_bound(begin), words_.lower_bound(begin + shared.size()));
  }
}

u32 AccessChecker::index(Queue queue) {
  auto const next = static_cast<u32>(agents_.size() + queue_agents_.size());
  return queue_agents_.try_emplace(queue, next).first->second;
}

std::shared_ptr<Knowledge const> AccessChecker::share(Knowledge&& knowledge) {
  knowledge.number = ++knowledges_;
  return std::make_shared<Knowledge const>(std::move(knowledge));
}

void AccessChecker::released(Actor actor, void const* object) {
  Meeting& meeting = meetings_[object];
  Agent& agent = agent_of(actor);
  learn_seen(agent);
  if (meeting.last != agent.base) {
    join(meeting.gathered, *agent.base);
    meeting.last = agent.base;
  }
  advance(meeting.gathered.steps, index(actor), agent.step++);
  agent.left_all_at = &meeting;
  agent.publications = meeting.publications;
}

void AccessChecker::released_relaxed(Actor actor, void const* object) {
  advance(meetings_[object].gathered.steps, index(actor), beginning);
}

void AccessChecker::published(void const* object) {
  Meeting& meeting = meetings_[object];
  meeting.published = share(Knowledge(meeting.gathered));
  ++meeting.publications;
}

void AccessChecker::acquired(Actor actor, void const* object) {
  Meeting const& meeting = meetings_[object];
  if (meeting.published == nullptr) return;
  Agent& agent = agent_of(actor);
  bool const brought_all = agent.left_all_at == &meeting && agent.publications < meeting.publications;
  if (!brought_all) return learn(agent, *meeting.published);
  agent.know(meeting.published);
}

void AccessChecker::learn(Agent& agent, Knowledge const& more) {
  Knowledge known = *agent.base;
  join(known, more);
  agent.know(share(std::move(known)));
}

void AccessChecker::rendezvous(Block const& block, int warp, unsigned mask, Collective const& what,
                               std::source_location) {
  if (!what.orders_memory) return;
  Meeting& meeting = meetings_[&block.warp(warp)];
  for (int lane = 0; lane < warp_size; ++lane)
    if (mask >> lane & 1u) released(block.actor(warp * warp_size + lane), &block.warp(warp));
  published(&block.warp(warp));
  for (int lane = 0; lane < warp_size; ++lane)
    if (mask >> lane & 1u) acquired(block.actor(warp * warp_size + lane), &block.warp(warp));
  meeting.gathered = {};  // lanes beyond the mask have not been here
  meeting.last = nullptr;
}

Knowledge AccessChecker::snapshot(Actor actor) {
  Agent& agent = agent_of(actor);
  Knowledge known = *agent.base;
  advance(known.steps, index(actor), agent.step++);
  return known;
}

void AccessChecker::proxy_fenced(Actor actor) {
  Knowledge known = snapshot(actor);
  known.fenced_steps = known.steps;
  agent_of(actor).know(share(std::move(known)));
}

void AccessChecker::fenced(Actor actor) {
  Agent& agent = agent_of(actor);
  learn_seen(agent);
  Knowledge known = snapshot(actor);
  join(known.steps, std::exchange(known.seen_steps, {}));
  join(known.others, std::exchange(known.seen_others, {}));
  known.offered_steps = known.steps;
  agent.know(share(std::move(known)));
}

void AccessChecker::learn_seen(Agent& agent) {
  if (agent.seen.seen_steps.empty() && agent.seen.seen_others.empty()) return;
  learn(agent, std::exchange(agent.seen, {}));
}

void AccessChecker::synchronise(Actor actor, u64 address) {
  Agent& agent = agent_of(actor);
  auto& left = words_[address];
  for (auto const& [cluster, clock] : left) {
    if (cluster == number_)
      join(agent.seen.seen_steps, clock);
    else
      join(agent.seen.seen_others, {{cluster, std::make_shared<Clock const>(clock)}});
  }
  if (agent.base->offered_steps.empty()) return;
  join(left[number_], agent.base->offered_steps);
  for (auto const& [cluster, clock] : agent.base->others) join(left[cluster], *clock);
}

void AccessChecker::operation_issued(Operation const& operation, u64 group, u64 number) {
  Agent const& issuer = agent_of(operation.issuer);
  flights_[number] = {.knowledge = issuer.base,
                      .issuer = index(operation.issuer),
                      .issuer_step = issuer.step,
                      .agent = index(operation.queue),
                      .step = static_cast<u32>(group + 1),
                      .in_order = operation.in_order,
                      .async_proxy = operation.async_proxy};
  ++agent_of(operation.issuer).step;
}

void AccessChecker::operation_begins(u64 number) { current_operation_ = &flights_.at(number); }

void AccessChecker::operation_ends() { current_operation_ = nullptr; }

void AccessChecker::group_awaited(Actor actor, Queue queue, u64 group) {
  Knowledge done;
  advance(done.steps, index(queue), static_cast<u32>(group + 1));
  learn(agent_of(actor), done);
}

void AccessChecker::queue_released(Queue queue, u64 group, void const* object) {
  advance(meetings_[object].gathered.steps, index(queue), static_cast<u32>(group + 1));
}

}  // namespace heddle::emulated
