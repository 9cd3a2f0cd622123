// The page can be read without this script. It adds the timeline that can be
// zoomed, one cursor for all that goes over steps, keys, copying, and what is live.
import { actions } from './actions';
import { filter } from './filter';
import { keys } from './keys';
import { layers } from './layers';
import { live } from './live';
import { restore } from './link';
import { strip } from './strip';
import { theme } from './theme';
import { timeline } from './timeline';

document.documentElement.classList.add('js');
theme();
timeline();
layers();
strip();
actions();
filter();
keys();
restore();
live();
