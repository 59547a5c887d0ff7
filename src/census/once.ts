/** The answer to the first call, for every later one. */
export function once<Question extends unknown[], Answer>(ask: (...question: Question) => Answer): typeof ask {
  let answer: { given: Answer } | undefined;
  return (...question) => {
    answer ??= { given: ask(...question) };
    return answer.given;
  };
}

/** The same for each word that is asked for. */
export function onceFor<Answer>(ask: (word: string) => Answer): typeof ask {
  const answers = new Map<string, Answer>();
  return (word) => {
    if (!answers.has(word)) answers.set(word, ask(word));
    return answers.get(word)!;
  };
}
