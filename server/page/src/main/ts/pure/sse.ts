// Server-sent events out of a stream of text, however it is cut.

/** Takes text piece by piece and gives the data of each event that is complete. */
export class EventParser {
  private rest = '';
  private data: string[] = [];

  push(text: string): string[] {
    const events: string[] = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.data.length > 0) {
          events.push(this.data.join('\n'));
          this.data = [];
        }
      } else if (line.startsWith('data:')) {
        this.data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      } // comments and other fields say nothing to us
    }
    return events;
  }
}
