// The room's live stream, with the news that only the pages of casework listen to.

import { Live } from "/desk/static/live.js";

const MORE = ["SuggestionChanged", "SourceGraded", "IncidentStated", "ReviewHeld", "WatchOverdue"];

export class CaseLive extends Live {
  open() {
    super.open();
    for (const name of MORE) this.source.addEventListener(name, (event) => this.hear(name, event));
  }
}
