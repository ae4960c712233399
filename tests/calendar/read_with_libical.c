/* Says of each calendar file what libical reads in it, as one JSON object a line.
 * What libical calls an error, or a breach of iTIP (RFC 5546), stands there as property X-LIC-ERROR. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void json(const char *text) {
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20) printf("\\u%04x", *c);
        else putchar(*c);
    }
    putchar('"');
}

enum { PATH = 500 };

/* Paths seen in this file; each occurrence after the first is marked. */
static char seen[200][PATH];
static int seen_count;

static const char *unique(const char *path) {
    char key[PATH];
    snprintf(key, sizeof key, "%s", path);
    for (int i = 0; i < seen_count; i++) {
        if (!strcmp(seen[i], key)) {
            strncat(key, " again", sizeof key - strlen(key) - 1);
            i = -1;
        }
    }
    if (seen_count == 200) exit(1);
    return strcpy(seen[seen_count++], key);
}

static const char *add(const char *path, const char *value) {
    const char *key = unique(path);
    if (seen_count > 1) printf(", ");
    json(key);
    printf(": ");
    json(value ? value : "(nothing)");
    return key;
}

static void time_text(icalvalue *value, char *text, size_t size) {
    struct icaltimetype t = icalvalue_get_datetime(value);
    if (!icaltime_is_utc(t) || t.is_date) snprintf(text, size, "not a UTC time");
    else
        snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static void add_property(const char *parent, icalproperty *property) {
    char path[PATH], text[64];
    snprintf(path, sizeof path, "%.300s/%.100s", parent, icalproperty_get_property_name(property));
    icalvalue *value = icalproperty_get_value(property);
    switch (value ? icalvalue_isa(value) : ICAL_NO_VALUE) {
    case ICAL_TEXT_VALUE: add(path, icalvalue_get_text(value)); break;
    case ICAL_URI_VALUE: add(path, icalvalue_get_uri(value)); break;
    case ICAL_CALADDRESS_VALUE: add(path, icalvalue_get_caladdress(value)); break;
    case ICAL_DATETIME_VALUE:
        time_text(value, text, sizeof text);
        add(path, text);
        break;
    default: add(path, icalproperty_get_value_as_string(property));
    }
    for (icalparameter *p = icalproperty_get_first_parameter(property, ICAL_ANY_PARAMETER); p;
         p = icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER)) {
        /* "NAME=value", written anew by the library. */
        char *written = icalparameter_as_ical_string_r(p), *value_text = strchr(written, '=');
        char key[2 * PATH];
        if (value_text) *value_text++ = 0;
        snprintf(key, sizeof key, "%s;%s", path, written);
        add(key, icalparameter_isa(p) == ICAL_CN_PARAMETER ? icalparameter_get_cn(p) : value_text);
        free(written);
    }
}

static void collect(const char *parent, icalcomponent *component) {
    char path[PATH];
    snprintf(path, sizeof path, "%s%s", parent, icalcomponent_kind_to_string(icalcomponent_isa(component)));
    snprintf(path, sizeof path, "%s", add(path, "component"));
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY))
        add_property(path, p);
    strncat(path, "/", sizeof path - strlen(path) - 1);
    for (icalcomponent *c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        collect(path, c);
}

int main(int count, char **files) {
    static char buffer[1 << 20];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(files[i], "rb");
        if (!file) return 1;
        buffer[fread(buffer, 1, sizeof buffer - 1, file)] = 0;
        fclose(file);
        const char *name = strrchr(files[i], '/');
        printf("{\"file\": ");
        json(name ? name + 1 : files[i]);
        printf(", \"values\": {");
        seen_count = 0;
        icalcomponent *calendar = icalparser_parse_string(buffer);
        if (calendar) {
            icalcomponent_check_restrictions(calendar);
            collect("", calendar);
            icalcomponent_free(calendar);
        } else {
            add("error", "not read");
        }
        printf("}}\n");
    }
    return 0;
}
