// Long and twisted texts from short recipes, so that abuse.json can be read:
//
//   "text"                                        itself
//   [A, B, …]                                     one after the other
//   { "repeat": A, "times": 9 }                   nine times; `#` in it is the number of the repetition, `#+` the one after
//   { "repeat": A, "times": 9, "index": "%" }     with another mark, for repetitions within repetitions
//   { "nest": ["<", ">"], "times": 9, "inside": A }
//   { "hex": "c328" }, { "base64": A }            bytes, and a text as unpadded base64url

export function write(recipe) {
  if (recipe === undefined) return Buffer.alloc(0);
  if (typeof recipe === 'string') return Buffer.from(recipe);
  if (Array.isArray(recipe)) return Buffer.concat(recipe.map(write));
  if (recipe.hex) return Buffer.from(recipe.hex, 'hex');
  if (recipe.base64) return Buffer.from(write(recipe.base64).toString('base64url'));
  if (recipe.nest) {
    const [open, close] = recipe.nest;
    return Buffer.concat([Buffer.from(open.repeat(recipe.times)), write(recipe.inside), Buffer.from(close.repeat(recipe.times))]);
  }
  if (recipe.repeat) return repeated(write(recipe.repeat), recipe);
  throw new Error(`no recipe: ${JSON.stringify(recipe)}`);
}

function repeated(part, { times, index = '#' }) {
  if (!part.includes(index)) return Buffer.alloc(part.length * times, part);
  const text = part.toString('utf8');
  const numbered = (at) => text.replaceAll(`${index}+`, at + 1).replaceAll(index, at);
  return Buffer.from(Array.from({ length: times }, (_, at) => numbered(at)).join(''));
}
