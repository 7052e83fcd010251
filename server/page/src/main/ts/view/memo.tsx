// A component that is made again only when what it depends on has changed.
import { Component, type ComponentChild, type FunctionComponent } from 'preact';

export function memo<P extends object>(
  make: (props: P) => ComponentChild,
  isSame: (before: P, after: P) => boolean,
): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !isSame(this.props, next);
    }

    override render(): ComponentChild {
      return make(this.props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
