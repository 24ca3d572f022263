// Which friend to tell of: one who is really here and really at a skill that one could join.

const PRACTISING = /^practi[cs]ing_(.+)$/;

const skillOf = (meta) => (meta.metas ?? [meta]).map((one) => PRACTISING.exec(one.current_activity ?? "")?.[1]).find(Boolean) ?? null;
const subjectOf = (meta) => (meta.metas ?? [meta]).map((one) => one.current_subject ?? one.subject_id).find(Boolean) ?? null;

const personOf = (meta) => {
  const picture = meta.avatar_url ?? meta.avatar;
  return {id: String(meta.user_id ?? meta.key), name: meta.username ?? meta.name ?? "", avatar: picture === "" ? "initial" : picture};
};

/** The friend to tell of among those here: `{person, subject, skill}`, or null. */
export function friendAtWork(people, friends, {subject = null, skills = {}, declined = new Set()}) {
  for (const meta of people) {
    const person = personOf(meta), skill = skillOf(meta);
    const where = subjectOf(meta) ?? Object.keys(skills).find((one) => skills[one].includes(skill));
    if (!friends.has(person.id) || !skill || declined.has(`${person.id}/${skill}`)) continue;
    if ((subject && where !== subject) || !(skills[where] ?? []).includes(skill)) continue;
    return {person, subject: where, skill};
  }
  return null;
}
