// Where GraphiQL keeps what it remembers. Open tabs belong to one browser tab, so that two roles side by side do not
// overwrite each other; history, favourites, theme and layout are shared and lasting. Headers are in neither (headers.js).

const OF_THIS_TAB = new Set(['graphiql:tabState', 'graphiql:query', 'graphiql:variables']);

const placeOf = (key) => (OF_THIS_TAB.has(key) ? sessionStorage : localStorage);

export const storage = {
  getItem: (key) => placeOf(key).getItem(key),
  setItem: (key, value) => placeOf(key).setItem(key, value),
  removeItem: (key) => placeOf(key).removeItem(key),
  clear() {
    sessionStorage.clear();
    localStorage.clear();
  },
  get length() {
    return sessionStorage.length + localStorage.length;
  },
};

/** Closes every tab, so that the examples open again. */
export function forgetTabs() {
  OF_THIS_TAB.forEach((key) => sessionStorage.removeItem(key));
}

/** Whether this browser tab has been here before. */
export const tabsAreKept = () => sessionStorage.getItem('graphiql:tabState') !== null;
