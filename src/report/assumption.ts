/** What filling in assumes of the reasons why values are missing, for people to read. */
export const assumption =
  "What is filled in is missing at random given what is seen: among rows that agree in all observed values, those with a hole are as those without. " +
  "No table can tell whether that is so. Where it may not be (people with high incomes leave the income out), look at what follows from other assumptions before anything is concluded: move the filled values and analyse again.";
