package dev.tokapu.engine.schedule;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.RandomAccess;

/**
 * A list that is cleared and filled for each step and allocates nothing then: loops over it share an iterator, as long as each comes to
 * its end before the next one begins.
 *
 * <p>Thread safety: confined.
 *
 * @param <E> the elements
 */
public final class StepList<E> extends AbstractList<E> implements RandomAccess {

    private final List<E> elements = new ArrayList<>();
    private Cursor cursor = new Cursor();

    /** An empty list. */
    public StepList() {}

    private final class Cursor implements Iterator<E> {

        private int next;
        private boolean running;

        @Override
        public boolean hasNext() {
            running = next < elements.size();
            return running;
        }

        @Override
        public E next() {
            if (next >= elements.size()) {
                throw new NoSuchElementException();
            }
            return elements.get(next++);
        }
    }

    @Override
    public Iterator<E> iterator() {
        if (cursor.running) {
            cursor = new Cursor();
        }
        cursor.next = 0;
        cursor.running = true;
        return cursor;
    }

    @Override
    public E get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public boolean add(E element) {
        return elements.add(element);
    }

    @Override
    public void clear() {
        elements.clear();
    }
}
