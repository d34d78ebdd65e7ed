#include "kernels/machine/host/checker/knowledge.h"

#include <algorithm>

namespace heddle::emulated {

void join(Clock& clock, Clock const& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t agent = 0; agent < other.size(); ++agent) clock[agent] = std::max(clock[agent], other[agent]);
}

void advance(Clock& clock, u32 agent, u32 step) {
  if (clock.size() <= agent) clock.resize(agent + 1);
  clock[agent] = std::max(clock[agent], step);
}

void join(OtherClocks& clocks, OtherClocks const& others) {
  for (auto const& [cluster, clock] : others) {
    auto& mine = clocks[cluster];
    if (mine == nullptr || mine == clock) {
      mine = clock;
      continue;
    }
    Clock both = *mine;
    join(both, *clock);
    mine = std::make_shared<Clock const>(std::move(both));
  }
}

void join(Knowledge& knowledge, Knowledge const& other) {
  join(knowledge.steps, other.steps);
  join(knowledge.fenced_steps, other.fenced_steps);
  join(knowledge.offered_steps, other.offered_steps);
  join(knowledge.seen_steps, other.seen_steps);
  join(knowledge.others, other.others);
  join(knowledge.seen_others, other.seen_others);
}

}  // namespace heddle::emulated
